// Waiting for another thread in tests that use real threads or processes: polls until the condition
// holds or a deadline passes. Not for unit tests of pure code, which own their time.
#pragma once

#include <poll.h>

#include "absl/time/time.h"
#include "base/clock.h"

namespace accordion::testing {

// False: `condition()` did not become true within `timeout`.
template <typename Condition>
bool Eventually(Condition condition, absl::Duration timeout = absl::Seconds(10)) {
  const base::SystemClock clock;
  const absl::Duration deadline = clock.BootTime() + timeout;
  while (!condition()) {
    if (clock.BootTime() > deadline) return false;
    poll(nullptr, 0, 2);  // milliseconds
  }
  return true;
}

}  // namespace accordion::testing
