// Runs functions later, on one thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace accordion::cloudsim {

// For late answers and long polls. Thread-safe. Functions must be short; Delays are real time, on
// the clock's monotonic reading.
class DelayQueue {
 public:
  explicit DelayQueue(const base::Clock& clock);
  ~DelayQueue();

  DelayQueue(const DelayQueue&) = delete;
  DelayQueue& operator=(const DelayQueue&) = delete;

  // What is due later is dropped. Returns when no function runs any more; idempotent, not from a
  // function.
  void Stop();

  void After(absl::Duration delay, std::function<void()> function);

 private:
  void Loop();
  bool HasChanged() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || earlier_; }

  const base::Clock& clock_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool earlier_ ABSL_GUARDED_BY(mutex_) = false;  // something was queued since the loop looked
  std::multimap<absl::Duration, std::function<void()>> due_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace accordion::cloudsim
