#include "engine/domain/policy_rules.h"

#include <algorithm>
#include <cmath>

#include "engine/domain/metric_window.h"

namespace accordion::domain {
namespace {

constexpr double kMaxPercent = 100;
constexpr int kMaxPercentChange = 100;

bool IsWholeSeconds(absl::Duration duration) {
  return absl::Trunc(duration, absl::Seconds(1)) == duration;
}

bool ThresholdIsFine(const MetricRule& rule, bool decimals) {
  // Integers are answered as integers, which clients read into as little as 32 bits.
  if (!std::isfinite(rule.threshold) || rule.threshold > kMaxTrafficThreshold) return false;
  if (!decimals && rule.threshold != std::trunc(rule.threshold)) return false;
  switch (rule.dimension) {
    case Dimension::kCpuUsage:
    case Dimension::kMemUsage:
      return rule.threshold >= 0 && rule.threshold <= kMaxPercent;
    case Dimension::kNetOutTraffic:
    case Dimension::kNetInTraffic:
    case Dimension::kListenerOutTraffic:
    case Dimension::kListenerInTraffic:
      break;
  }
  return rule.threshold > 0;
}

bool PeriodIsFine(absl::Duration period, absl::Duration min_period) {
  return IsWholeSeconds(period) && period >= std::max(min_period, kMinPeriodFloor) &&
         period <= kMaxPeriod;
}

bool AdjustmentIsFine(const Adjustment& adjustment, const Quotas& quotas) {
  switch (adjustment.type) {
    case AdjustmentType::kTotalCapacity:
      return adjustment.value >= 0 && adjustment.value <= quotas.total_capacity_value;
    case AdjustmentType::kQuantityChange:
      return adjustment.value >= -quotas.quantity_change_value &&
             adjustment.value <= quotas.quantity_change_value;
    case AdjustmentType::kPercentChange:
      break;
  }
  return adjustment.value >= -kMaxPercentChange && adjustment.value <= kMaxPercentChange;
}

bool CooldownIsFine(absl::Duration cooldown) {
  return IsWholeSeconds(cooldown) && cooldown >= kMinCooldown && cooldown <= kMaxCooldown;
}

}  // namespace

std::optional<PolicyField> CheckPolicy(const ScalingPolicy& policy, const ScalingGroup& group,
                                       const PolicyLimits& limits) {
  const MetricRule& rule = policy.rule;
  if (IsListenerDimension(rule.dimension) && group.slb_configs.empty()) {
    return PolicyField::kDimension;
  }
  if (!ThresholdIsFine(rule, limits.decimal_thresholds)) return PolicyField::kThreshold;
  if (rule.repeat_times < 1 || rule.repeat_times > kMaxRepeatTimes) {
    return PolicyField::kRepeatTimes;
  }
  if (!PeriodIsFine(rule.period, limits.min_period)) return PolicyField::kPeriod;
  if (!AdjustmentIsFine(policy.adjustment, limits.quotas)) return PolicyField::kAdjustmentValue;
  if (!CooldownIsFine(policy.cooldown)) return PolicyField::kCoolDown;
  return std::nullopt;
}

}  // namespace accordion::domain
