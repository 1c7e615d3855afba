#include "tests/cloudsim/delay_queue.h"

namespace accordion::cloudsim {

DelayQueue::DelayQueue(const base::Clock& clock) : clock_(clock), thread_([this] { Loop(); }) {}

DelayQueue::~DelayQueue() { Stop(); }

void DelayQueue::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void DelayQueue::After(absl::Duration delay, std::function<void()> function) {
  absl::MutexLock lock(&mutex_);
  due_.emplace(clock_.BootTime() + delay, std::move(function));
  earlier_ = true;
}

void DelayQueue::Loop() {
  absl::MutexLock lock(&mutex_);
  while (!stopping_) {
    earlier_ = false;
    if (!due_.empty() && due_.begin()->first <= clock_.BootTime()) {
      const std::function<void()> function = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      mutex_.Unlock();
      function();
      mutex_.Lock();
      continue;
    }
    const absl::Duration wait =
        due_.empty() ? absl::InfiniteDuration() : due_.begin()->first - clock_.BootTime();
    mutex_.AwaitWithTimeout(absl::Condition(this, &DelayQueue::HasChanged), wait);
  }
}

}  // namespace accordion::cloudsim
