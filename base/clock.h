// Time as a dependency. Pure code takes `absl::Time now`; only loops and adapters hold a Clock, and
// absl::Now() and std::chrono clocks are banned elsewhere (tests/tidy), so that tests and the
// simulation own the time.
#pragma once

#include "absl/time/time.h"

namespace accordion::base {

// Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall-clock time. May jump; not for leases or time-outs.
  virtual absl::Time Now() const = 0;

  // Time since boot, monotonic, and counting suspends: a paused machine sees on waking that its
  // lease may be gone. Only differences mean anything.
  virtual absl::Duration BootTime() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration BootTime() const override;
};

}  // namespace accordion::base
