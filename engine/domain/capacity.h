// Capacity arithmetic: what an adjustment makes of desired capacity (semantics.md §5).
#pragma once

#include "engine/domain/scaling_policy.h"

namespace accordion::domain {

struct CapacityBounds {
  int min_size = 0;
  int max_size = 0;

  friend bool operator==(const CapacityBounds&, const CapacityBounds&) = default;
};

enum class Clamp { kNone, kAtMax, kAtMin };

struct AdjustedCapacity {
  int wanted = 0;   // before clamping
  int desired = 0;  // within bounds
  Clamp clamp = Clamp::kNone;
};

// `base` is the capacity that the adjustment starts from, usually desired. Percentages round toward
// zero, but move at least 1 in the direction of their sign; 0 % and 0 instances move nothing. Never
// overflows.
AdjustedCapacity Adjust(int base, const Adjustment& adjustment, const CapacityBounds& bounds);

// Whether the adjustment can lower capacity from `desired` (a TotalCapacity below it can), and so
// needs the proof that silent members don't contradict the breach.
bool LowersCapacity(const Adjustment& adjustment, int desired);

// Desired moved into new bounds, as a Modify without DesiredCapacity does (semantics.md §4).
int ClampCapacity(int desired, const CapacityBounds& bounds);

}  // namespace accordion::domain
