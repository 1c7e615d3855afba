#include "tests/cloudsim/region_host.h"

namespace accordion::cloudsim {

void RegionHost::WhenCallsPass(uint64_t sequence, std::function<void()> function) {
  {
    absl::MutexLock lock(&mutex_);
    waiters_.push_back({sequence, std::move(function)});
  }
  WakeWaiters();
}

void RegionHost::WakeWaiters() {
  std::vector<Waiter> ready;
  {
    absl::MutexLock lock(&mutex_);
    if (waiters_.empty()) return;
    const uint64_t last = region_.call_log().last_sequence();
    std::vector<Waiter> waiting;
    for (Waiter& waiter : waiters_) {
      (waiter.sequence < last ? ready : waiting).push_back(std::move(waiter));
    }
    waiters_ = std::move(waiting);
  }
  for (const Waiter& waiter : ready) waiter.function();
}

}  // namespace accordion::cloudsim
