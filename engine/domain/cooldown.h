// Cooldown: the group's lock that holds back policies after an activity that changed capacity
// (semantics.md §5, I-14).
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "engine/domain/scaling_group.h"

namespace accordion::domain {

// Whether policies hold at `now`. The cooldown covers [end of activity, end + cooldown).
bool InCooldown(const ScalingGroup& group, absl::Time now);

// The group's new cooldown end when an activity ends at `end`: only if it changed capacity and its
// cause has a cooldown; overlapping cooldowns keep the later end.
std::optional<absl::Time> CooldownAfter(const std::optional<absl::Time>& current,
                                        const Cause& cause, bool changed_capacity, absl::Time end);

}  // namespace accordion::domain
