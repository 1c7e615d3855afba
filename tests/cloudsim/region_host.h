// Holds the one region of a process: a lock, the real time, and wake-ups for those who wait for
// calls.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {

// Thread-safe.
class RegionHost {
 public:
  RegionHost(Region region, const base::Clock& clock) : clock_(clock), region_(std::move(region)) {}

  const base::Clock& clock() const { return clock_; }
  // Never changes, so it needs no lock.
  const RegionSpec& spec() const { return region_.spec(); }

  // Runs `function(Region&, absl::Time now)` under the lock and returns what it returns. Pointers
  // into the region must not leave it.
  template <typename Function>
  auto With(Function&& function) {
    WakeAfter wake(*this);
    absl::MutexLock lock(&mutex_);
    return function(region_, clock_.Now());
  }

  // Runs `function` once, as soon as the call log holds a record after `sequence`: at once if it
  // does already. It runs without the lock, on the thread that made the record.
  void WhenCallsPass(uint64_t sequence, std::function<void()> function);

 private:
  // Leaves first of all, after the lock: wakes those whose record has come.
  struct WakeAfter {
    explicit WakeAfter(RegionHost& the_host) : host(the_host) {}
    ~WakeAfter() { host.WakeWaiters(); }
    WakeAfter(const WakeAfter&) = delete;
    WakeAfter& operator=(const WakeAfter&) = delete;
    RegionHost& host;
  };
  struct Waiter {
    uint64_t sequence = 0;
    std::function<void()> function;
  };

  void WakeWaiters();

  const base::Clock& clock_;
  absl::Mutex mutex_;
  Region region_;  // guarded by mutex_, but for its spec
  std::vector<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::cloudsim
