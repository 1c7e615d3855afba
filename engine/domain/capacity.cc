#include "engine/domain/capacity.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace accordion::domain {
namespace {

// A product of two ints divided by 100 and a sum with an int both fit 64 bits.
int64_t Wanted(int base, const Adjustment& adjustment) {
  const int64_t value = adjustment.value;
  switch (adjustment.type) {
    case AdjustmentType::kTotalCapacity:
      return value;
    case AdjustmentType::kQuantityChange:
      return base + value;
    case AdjustmentType::kPercentChange:
      break;
  }
  const int64_t change = base * value / 100;  // integer division rounds toward zero
  if (change == 0 && value != 0) return base + (value > 0 ? 1 : -1);
  return base + change;
}

int Saturate(int64_t value) {
  return static_cast<int>(
      std::clamp<int64_t>(value, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

}  // namespace

AdjustedCapacity Adjust(int base, const Adjustment& adjustment, const CapacityBounds& bounds) {
  AdjustedCapacity result;
  result.wanted = Saturate(Wanted(base, adjustment));
  result.desired = ClampCapacity(result.wanted, bounds);
  if (result.desired < result.wanted) result.clamp = Clamp::kAtMax;
  if (result.desired > result.wanted) result.clamp = Clamp::kAtMin;
  return result;
}

bool LowersCapacity(const Adjustment& adjustment, int desired) {
  if (adjustment.type == AdjustmentType::kTotalCapacity) return adjustment.value < desired;
  return adjustment.value < 0;
}

int ClampCapacity(int desired, const CapacityBounds& bounds) {
  return std::max(bounds.min_size, std::min(desired, bounds.max_size));
}

}  // namespace accordion::domain
