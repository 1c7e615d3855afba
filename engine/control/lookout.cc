#include "engine/control/lookout.h"

#include <utility>

namespace accordion::control {

Lookout::Lookout(ports::Executor& executor, const base::Clock& clock, ports::Lane lane,
                 std::function<void()> look)
    : executor_(executor), clock_(clock), lane_(lane), look_(std::move(look)) {}

void Lookout::Start(absl::Duration poll) {
  Every(poll, [this] { Wake(); });
}

void Lookout::Every(absl::Duration interval, std::function<void()> work) {
  executor_.SubmitAt(lane_, clock_.Now() + interval, [this, interval, work = std::move(work)] {
    if (stopped()) return;
    Every(interval, work);
    work();
  });
}

void Lookout::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

bool Lookout::stopped() const {
  absl::MutexLock lock(&mutex_);
  return stopped_;
}

void Lookout::Wake() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    if (turn_ == Turn::kRunning) turn_ = Turn::kRunningAgain;
    if (turn_ != Turn::kIdle) return;
    turn_ = Turn::kQueued;
  }
  if (executor_.Submit(lane_, [this] { Look(); })) return;
  absl::MutexLock lock(&mutex_);
  turn_ = Turn::kIdle;
}

void Lookout::WakeAt(absl::Time when) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_ || (wake_at_.has_value() && *wake_at_ <= when)) return;
    wake_at_ = when;
  }
  executor_.SubmitAt(lane_, when, [this, when] {
    {
      absl::MutexLock lock(&mutex_);
      if (wake_at_ == when) wake_at_.reset();
    }
    Wake();
  });
}

void Lookout::Look() {
  {
    absl::MutexLock lock(&mutex_);
    turn_ = Turn::kRunning;
  }
  if (!stopped()) look_();
  bool again = false;
  {
    absl::MutexLock lock(&mutex_);
    again = turn_ == Turn::kRunningAgain;
    turn_ = Turn::kIdle;
  }
  if (again) Wake();
}

}  // namespace accordion::control
