#include "engine/domain/cooldown.h"

#include <algorithm>

namespace accordion::domain {

bool InCooldown(const ScalingGroup& group, absl::Time now) {
  return group.cooldown_until.has_value() && now < *group.cooldown_until;
}

std::optional<absl::Time> CooldownAfter(const std::optional<absl::Time>& current,
                                        const Cause& cause, bool changed_capacity, absl::Time end) {
  if (!changed_capacity || cause.cooldown <= absl::ZeroDuration()) return current;
  const absl::Time until = end + cause.cooldown;
  return current.has_value() ? std::max(*current, until) : until;
}

}  // namespace accordion::domain
