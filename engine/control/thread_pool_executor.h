// The daemon's executor: a bounded pool of threads a lane, and one thread for the timers.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/ports/executor.h"

namespace accordion::control {

struct LaneOptions {
  int threads = 1;
  size_t queue = 10000;  // work that waits; more is refused
};

// Thread-safe. Timers follow `clock`, whose Now() must be the system's time.
class ThreadPoolExecutor final : public ports::Executor {
 public:
  using Options = std::array<LaneOptions, ports::kLaneCount>;  // indexed by ports::Lane

  ThreadPoolExecutor(const base::Clock& clock, const Options& options);
  // Stops as Stop() does.
  ~ThreadPoolExecutor() override;

  bool Submit(ports::Lane lane, std::function<void()> work) override;
  void SubmitAt(ports::Lane lane, absl::Time when, std::function<void()> work) override;

  // Finishes the work that is running, drops what waits, and joins the threads. Idempotent.
  void Stop();

  // Work that waits in the lane now, for metrics.
  size_t QueueDepth(ports::Lane lane) const;

 private:
  struct LaneState {
    size_t limit = 0;
    std::deque<std::function<void()>> queue;
  };
  struct Timer {
    ports::Lane lane;
    std::function<void()> work;
  };

  void RunLane(ports::Lane lane);
  void RunTimers();
  void Enqueue(ports::Lane lane, std::function<void()> work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  LaneState& StateOf(ports::Lane lane) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const base::Clock& clock_;
  mutable absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::array<LaneState, ports::kLaneCount> lanes_ ABSL_GUARDED_BY(mutex_);
  std::array<absl::CondVar, ports::kLaneCount> lane_filled_;
  std::multimap<absl::Time, Timer> timers_ ABSL_GUARDED_BY(mutex_);
  absl::CondVar timers_changed_;
  std::vector<std::thread> threads_;
};

}  // namespace accordion::control
