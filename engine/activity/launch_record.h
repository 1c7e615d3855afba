// What the launches of an activity came to: for its record, and for the group's launch breaker.
#pragma once

#include <string>

#include "absl/types/span.h"
#include "engine/activity/activity.h"
#include "engine/activity/cause.h"
#include "engine/domain/launch_breaker.h"

namespace accordion::activity {

// The terminal commit's part here: the group's breaker after the activity, whose cause says so if
// launches are paused now. True if the pause began with it.
bool ApplyLaunches(Language language, absl::Span<const Slot> slots, Activity& finished,
                   domain::ScalingGroup& group);

// Of the slots that launch; the others, of removals, count nothing.
domain::LaunchTally TallyLaunches(absl::Span<const Slot> slots);

// Appended to a finished activity's cause where a launch was refused: every pair that was tried,
// and what became of it, e.g. "；尝试 7 次：subnet-a/N3.1A 库存不足 ×4、subnet-a/N3.2B 已受理 ×3".
// Empty if nothing was refused. At most kMaxListedAttempts entries; the rest are counted.
std::string AttemptsWords(Language language, absl::Span<const Slot> slots);
inline constexpr int kMaxListedAttempts = 20;

// That the group's launches are paused, and what ends it: for the activity that it happened in, and
// for the group's Description.
std::string LaunchesPausedText(Language language, int errors_in_a_row);

}  // namespace accordion::activity
