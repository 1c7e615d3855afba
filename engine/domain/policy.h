// Policy verdicts: the run of breaching periods, and whether a policy fires.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/metric_window.h"
#include "engine/domain/scaling_group.h"
#include "engine/domain/scaling_policy.h"

namespace accordion::domain {

// The newest closed periods of one policy, oldest first, at most `kMaxRepeatTimes`. Checkpointed,
// so that a restart neither re-fires nor forgets (I-16).
struct PolicyRun {
  std::vector<PeriodVerdict> periods;
};

// Appends a judged period. A period not newer than the newest one is refused (returns false,
// nothing changes): a closed period is judged once. So is one that isn't aligned to the rule's
// period: it was judged for another definition. A gap between periods is kept as a gap and ends the
// run.
bool Append(PolicyRun& run, const MetricRule& rule, PeriodVerdict verdict);

// Periods that began before this instant do not count for the policy: after the end of the last
// activity that added capacity for raises, of the last change of membership for reductions, and
// never before the policy's last edit.
absl::Time CountsFrom(const ScalingPolicy& policy, const ScalingGroup& group);

// The periods that make the policy fire, oldest first: the newest `repeat_times`, consecutive, all
// breaching, none older than `counts_from`. Empty when it does not fire.
std::vector<PeriodVerdict> FiringPeriods(const PolicyRun& run, const MetricRule& rule,
                                         absl::Time counts_from);

}  // namespace accordion::domain
