#include "base/clock.h"

#include <time.h>

#include "absl/time/clock.h"

namespace accordion::base {

absl::Time SystemClock::Now() const { return absl::Now(); }

absl::Duration SystemClock::BootTime() const {
  timespec now{};
  // Cannot fail: the clock id is valid on every kernel that we support, and so is the pointer.
  clock_gettime(CLOCK_BOOTTIME, &now);
  return absl::DurationFromTimespec(now);
}

}  // namespace accordion::base
