// Virtual time for the engine's production classes: one queue of work for all engines of a test,
// run on the caller's thread in order of time.
//
// Time moves only when nothing is left to run at the present instant, so a run depends on nothing
// but its inputs. An engine's executor can crash (its work is forgotten, as by kill -9) or be
// paused (its work waits, as by SIGSTOP) while time goes on for the others.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "engine/ports/executor.h"
#include "tests/support/fake_clock.h"

namespace accordion::testing {

class VirtualExecutor;

// The queue and the clock that it moves. Not thread-safe.
class VirtualTime {
 public:
  explicit VirtualTime(FakeClock& clock) : clock_(clock) {}

  absl::Time Now() const { return clock_.Now(); }
  FakeClock& clock() { return clock_; }

  // Runs everything that is due until `end`, then stands at `end`.
  void RunUntil(absl::Time end) {
    while (RunNext(end)) {
    }
    MoveTo(end);
  }
  void RunFor(absl::Duration time) { RunUntil(Now() + time); }
  // Runs the next piece of work that is due until `end`; false if none is.
  bool RunNext(absl::Time end);
  // Runs what is due now; time stands still.
  void RunReady() { RunUntil(Now()); }
  // Runs until `done()` holds after some piece of work; false if it doesn't within `limit`.
  template <typename Predicate>
  bool RunUntilTrue(Predicate done, absl::Duration limit) {
    const absl::Time end = Now() + limit;
    while (!done()) {
      if (!RunNext(end)) return false;
    }
    return true;
  }

 private:
  friend class VirtualExecutor;
  struct Entry {
    VirtualExecutor* executor = nullptr;
    std::function<void()> work;
  };
  using Key = std::pair<absl::Time, uint64_t>;  // first in, first out at one instant

  void Add(absl::Time when, Entry entry) {
    queue_.emplace(Key(std::max(when, Now()), ++last_sequence_), std::move(entry));
  }
  void Forget(const VirtualExecutor* executor) {
    std::erase_if(queue_, [&](const auto& one) { return one.second.executor == executor; });
  }
  void MoveTo(absl::Time time) {
    if (time > Now()) clock_.Advance(time - Now());
  }

  FakeClock& clock_;
  uint64_t last_sequence_ = 0;
  std::map<Key, Entry> queue_;
};

// One engine's executor. Not thread-safe.
class VirtualExecutor final : public ports::Executor {
 public:
  explicit VirtualExecutor(VirtualTime& time) : time_(time) {}
  ~VirtualExecutor() override { time_.Forget(this); }

  bool Submit(ports::Lane lane, std::function<void()> work) override {
    if (crashed_) return true;
    if (full_[static_cast<size_t>(lane)]) return false;
    time_.Add(time_.Now(), {this, std::move(work)});
    return true;
  }
  void SubmitAt(ports::Lane, absl::Time when, std::function<void()> work) override {
    if (!crashed_) time_.Add(when, {this, std::move(work)});
  }

  // Forgets all work and timers, and whatever is submitted from now on.
  void Crash() {
    crashed_ = true;
    held_.clear();
    time_.Forget(this);
  }
  // Work that comes due waits until Continue.
  void Pause() { paused_ = true; }
  void Continue() {
    paused_ = false;
    for (std::function<void()>& work : held_) time_.Add(time_.Now(), {this, std::move(work)});
    held_.clear();
  }
  // Whether the lane refuses work.
  void SetFull(ports::Lane lane, bool full) { full_[static_cast<size_t>(lane)] = full; }

 private:
  friend class VirtualTime;

  VirtualTime& time_;
  bool crashed_ = false;
  bool paused_ = false;
  std::array<bool, ports::kLaneCount> full_{};
  std::vector<std::function<void()>> held_;
};

// False: nothing is due until `end`.
inline bool VirtualTime::RunNext(absl::Time end) {
  const auto first = queue_.begin();
  if (first == queue_.end() || first->first.first > end) return false;
  MoveTo(first->first.first);
  Entry entry = std::move(first->second);
  queue_.erase(first);
  if (entry.executor->paused_) {
    entry.executor->held_.push_back(std::move(entry.work));
  } else {
    entry.work();
  }
  return true;
}

}  // namespace accordion::testing
