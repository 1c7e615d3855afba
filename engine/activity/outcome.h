// The end of an activity: what its slots add up to.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"
#include "engine/activity/cause.h"
#include "engine/domain/scaling_group.h"

namespace accordion::activity {

// Documented numbers of DescribeScalingActivity's ErrorCode (docs/activities.md); 0 for kNone.
int ErrorCodeOf(FailureClass failure);
// Nothing failed, but a part of the activity was cancelled before it was sent.
inline constexpr int kPartlyCancelledCode = 1010;

// The record that replacement is held; no slot of it failed.
inline constexpr int kReplacementHeldCode = 1011;

bool AllFinal(absl::Span<const Slot> slots);

// The activity with status, lists, error code (of its most severe failure), end time, and the words
// of its failures in the cause. Success only if every slot succeeded; cancelled only if nothing was
// ever sent; else failed (partial, with both lists). Of a replacement's pair that failed only what
// stopped it is told, not what was cancelled with it.
Activity Finish(Activity activity, absl::Span<const Slot> slots, absl::Time end,
                Language language = Language::kChinese);

// The group's counters after the activity: cooldown, capacity_added_at, membership_changed_at,
// failure back-off.
domain::ScalingGroup ApplyToGroup(domain::ScalingGroup group, const Activity& finished,
                                  uint64_t jitter);

// Notification type 1..6 of a finished activity (semantics.md §13), 0 if it has none.
int NotificationType(const Activity& finished);

}  // namespace accordion::activity
