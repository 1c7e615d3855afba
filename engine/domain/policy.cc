#include "engine/domain/policy.h"

#include <algorithm>
#include <utility>

#include "engine/domain/capacity.h"
#include "engine/domain/limits.h"

namespace accordion::domain {

bool Append(PolicyRun& run, const MetricRule& rule, PeriodVerdict verdict) {
  // A period of another length was judged for a definition that is no more.
  if (PeriodStart(verdict.start, rule.period) != verdict.start) return false;
  if (!run.periods.empty() && verdict.start <= run.periods.back().start) return false;
  run.periods.push_back(std::move(verdict));
  if (run.periods.size() > kMaxRepeatTimes) run.periods.erase(run.periods.begin());
  return true;
}

absl::Time CountsFrom(const ScalingPolicy& policy, const ScalingGroup& group) {
  const std::optional<absl::Time>& barrier =
      LowersCapacity(policy.adjustment, group.desired_capacity) ? group.membership_changed_at
                                                                : group.capacity_added_at;
  return barrier.has_value() ? std::max(policy.edited_at, *barrier) : policy.edited_at;
}

std::vector<PeriodVerdict> FiringPeriods(const PolicyRun& run, const MetricRule& rule,
                                         absl::Time counts_from) {
  const std::vector<PeriodVerdict>& periods = run.periods;
  if (rule.repeat_times < 1 || periods.size() < static_cast<size_t>(rule.repeat_times)) return {};
  const auto first = periods.end() - rule.repeat_times;
  for (auto period = first; period != periods.end(); ++period) {
    if (period->breach != Breach::kTrue || period->start < counts_from) return {};
    if (period != first && period->start - (period - 1)->start != rule.period) return {};
  }
  return {first, periods.end()};
}

}  // namespace accordion::domain
