#include "engine/domain/launch_breaker.h"

#include <algorithm>

#include "engine/domain/limits.h"

namespace accordion::domain {

bool LaunchesPaused(const ScalingGroup& group) { return group.launch_probe_at.has_value(); }

int AllowedLaunches(const ScalingGroup& group, int wanted, absl::Time now) {
  if (wanted <= 0) return 0;
  if (LaunchesPaused(group)) return now < *group.launch_probe_at ? 0 : 1;
  if (group.launch_errors_in_a_row == 0) return wanted;
  return std::min(wanted, std::max(1, kLaunchErrorsToPause - group.launch_errors_in_a_row));
}

void CountLaunches(ScalingGroup& group, const LaunchTally& tally, absl::Time end) {
  if (tally.served > 0) return ResumeLaunches(group);
  group.launch_errors_in_a_row += tally.failed_for_good;
  // Also after a probe that failed for another reason, out of stock say: that proves nothing, and
  // the pause goes on.
  if (group.launch_errors_in_a_row >= kLaunchErrorsToPause) {
    group.launch_probe_at = end + kLaunchProbeInterval;
  }
}

void ResumeLaunches(ScalingGroup& group) {
  group.launch_errors_in_a_row = 0;
  group.launch_probe_at.reset();
}

}  // namespace accordion::domain
