#include "engine/activity/step.h"

#include <algorithm>

namespace accordion::activity {

absl::Duration Backoff(int attempts, absl::Duration min, absl::Duration max, uint64_t random_bits) {
  constexpr int kMaxDoublings = 30;  // keeps the product finite; any max is reached long before
  const int doublings = std::clamp(attempts, 0, kMaxDoublings);
  const absl::Duration limit = std::min(max, min * (int64_t{1} << doublings));
  // 53 bits give every double in (0, 1] that matters.
  const double share = static_cast<double>((random_bits >> 11) + 1) / 9007199254740992.0;
  // Never 0: a retry that is woken at once would spin.
  return std::max(limit * share, std::min(limit, absl::Milliseconds(1)));
}

}  // namespace accordion::activity
