// A clock that stands still until a test moves it. One a test, passed by reference.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace accordion::testing {

// Thread-safe.
class FakeClock final : public base::Clock {
 public:
  // Starts on a plain working day (a Tuesday).
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1'795'507'200)) : now_(now) {}

  absl::Time Now() const override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }
  absl::Duration BootTime() const override {
    absl::MutexLock lock(&mutex_);
    return boot_time_;
  }

  // Moves both clocks.
  void Advance(absl::Duration by) {
    absl::MutexLock lock(&mutex_);
    now_ += by;
    boot_time_ += by;
  }
  // Steps the wall clock alone, as an operator or NTP does.
  void SetNow(absl::Time now) {
    absl::MutexLock lock(&mutex_);
    now_ = now;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  absl::Duration boot_time_ ABSL_GUARDED_BY(mutex_) = absl::Hours(1);
};

}  // namespace accordion::testing
