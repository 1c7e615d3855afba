// The launch breaker: a group whose launches fail for good, again and again, stops launching until
// somebody changes something, or a probe succeeds (semantics.md §7, reliability.md E19).
//
// A launch fails for good when the cloud refuses it for a reason that doesn't pass by itself
// (arrears, a gone image), or when its instance never comes to serve. After kLaunchErrorsToPause
// of them in a row, over activities, launches pause; then a single one is tried every
// kLaunchProbeInterval. So a group that always fails launches at most
// max(missing, kLaunchErrorsToPause) instances until it pauses, and 4 an hour from then on.
// Desired capacity is never touched.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "engine/domain/scaling_group.h"

namespace accordion::domain {

// What the launches of one activity came to.
struct LaunchTally {
  int served = 0;           // came into service
  int failed_for_good = 0;  // see above

  friend bool operator==(const LaunchTally&, const LaunchTally&) = default;
};

bool LaunchesPaused(const ScalingGroup& group);

// How many of the `wanted` launches may begin at `now`: all, as many as may fail until the pause,
// or one as a probe. 0: none before `group.launch_probe_at`.
int AllowedLaunches(const ScalingGroup& group, int wanted, absl::Time now);

// The group's counters after an activity with launches, which ended at `end`.
void CountLaunches(ScalingGroup& group, const LaunchTally& tally, absl::Time end);

// An edit of the group or its configuration, or an Enable: the cause of the failures may be gone.
void ResumeLaunches(ScalingGroup& group);

}  // namespace accordion::domain
