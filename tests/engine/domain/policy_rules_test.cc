#include "engine/domain/policy_rules.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

using F = PolicyField;

ScalingPolicy Good() {
  ScalingPolicy policy;
  policy.rule.threshold = 80;
  policy.adjustment = {AdjustmentType::kQuantityChange, 1};
  return policy;
}

std::optional<F> Check(const ScalingPolicy& policy, const PolicyLimits& limits = {}) {
  return CheckPolicy(policy, MakeGroup(0, 1, 5), limits);
}

std::optional<F> CheckThreshold(Dimension dimension, double threshold, bool decimals = false) {
  ScalingPolicy policy = Good();
  policy.rule.dimension = dimension;
  policy.rule.threshold = threshold;
  return Check(policy, {.decimal_thresholds = decimals});
}

TEST(PolicyRules, AnOrdinaryPolicyIsFine) { EXPECT_EQ(Check(Good()), std::nullopt); }

TEST(PolicyRules, PercentThresholdsAreZeroToHundred) {
  for (Dimension dimension : {Dimension::kCpuUsage, Dimension::kMemUsage}) {
    EXPECT_EQ(CheckThreshold(dimension, 0), std::nullopt);
    EXPECT_EQ(CheckThreshold(dimension, 100), std::nullopt);
    EXPECT_EQ(CheckThreshold(dimension, -1), F::kThreshold);
    EXPECT_EQ(CheckThreshold(dimension, 101), F::kThreshold);
  }
}

TEST(PolicyRules, TrafficThresholdsAreAboveZero) {
  for (Dimension dimension : {Dimension::kNetInTraffic, Dimension::kNetOutTraffic}) {
    EXPECT_EQ(CheckThreshold(dimension, 1), std::nullopt);
    EXPECT_EQ(CheckThreshold(dimension, 1e9), std::nullopt);
    EXPECT_EQ(CheckThreshold(dimension, 0), F::kThreshold);
    EXPECT_EQ(CheckThreshold(dimension, -5), F::kThreshold);
    EXPECT_EQ(CheckThreshold(dimension, 1e9 + 1), F::kThreshold);
  }
}

TEST(PolicyRules, ThresholdsAreIntegersUnlessTheOperatorAllowsDecimals) {
  EXPECT_EQ(CheckThreshold(Dimension::kCpuUsage, 50.5), F::kThreshold);
  EXPECT_EQ(CheckThreshold(Dimension::kCpuUsage, 50.5, true), std::nullopt);
  for (double odd :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(CheckThreshold(Dimension::kNetInTraffic, odd, true), F::kThreshold);
  }
}

TEST(PolicyRules, ListenerDimensionsNeedAListener) {
  for (Dimension dimension : {Dimension::kListenerInTraffic, Dimension::kListenerOutTraffic}) {
    EXPECT_EQ(CheckThreshold(dimension, 5), F::kDimension);
    ScalingPolicy policy = Good();
    policy.rule.dimension = dimension;
    ScalingGroup group = MakeGroup(0, 1, 5);
    group.slb_configs.resize(1);
    EXPECT_EQ(CheckPolicy(policy, group, {}), std::nullopt);
    policy.rule.threshold = 0;
    EXPECT_EQ(CheckPolicy(policy, group, {}), F::kThreshold);
  }
}

TEST(PolicyRules, RepeatTimesAreOneToTen) {
  for (const auto& [times, fault] : {std::pair<int, std::optional<F>>{0, F::kRepeatTimes},
                                     {1, std::nullopt},
                                     {10, std::nullopt},
                                     {11, F::kRepeatTimes}}) {
    ScalingPolicy policy = Good();
    policy.rule.repeat_times = times;
    EXPECT_EQ(Check(policy), fault) << times;
  }
}

TEST(PolicyRules, PeriodsAreWholeSecondsFromTheOperatorsFloor) {
  const auto check = [](absl::Duration period, absl::Duration floor) {
    ScalingPolicy policy = Good();
    policy.rule.period = period;
    return Check(policy, {.min_period = floor});
  };
  EXPECT_EQ(check(absl::Seconds(60), kMinPeriod), std::nullopt);
  EXPECT_EQ(check(absl::Seconds(59), kMinPeriod), F::kPeriod);
  EXPECT_EQ(check(absl::Seconds(61), kMinPeriod), std::nullopt);
  EXPECT_EQ(check(absl::Milliseconds(60500), kMinPeriod), F::kPeriod);
  EXPECT_EQ(check(absl::Hours(24), kMinPeriod), std::nullopt);
  EXPECT_EQ(check(absl::Hours(24) + absl::Seconds(1), kMinPeriod), F::kPeriod);
  EXPECT_EQ(check(absl::Seconds(10), absl::Seconds(10)), std::nullopt);
  EXPECT_EQ(check(absl::Seconds(9), absl::Seconds(10)), F::kPeriod);
  // The operator can't go below five seconds.
  EXPECT_EQ(check(absl::Seconds(5), absl::Seconds(1)), std::nullopt);
  EXPECT_EQ(check(absl::Seconds(4), absl::Seconds(1)), F::kPeriod);
}

TEST(PolicyRules, AdjustmentsHaveARangePerType) {
  struct Row {
    AdjustmentType type;
    int low, high;
  };
  for (const Row& row :
       {Row{AdjustmentType::kTotalCapacity, 0, 10}, Row{AdjustmentType::kQuantityChange, -10, 10},
        Row{AdjustmentType::kPercentChange, -100, 100}}) {
    ScalingPolicy policy = Good();
    policy.adjustment.type = row.type;
    for (int value : {row.low, 0, row.high}) {
      policy.adjustment.value = value;
      EXPECT_EQ(Check(policy), std::nullopt) << value;
    }
    for (int value : {row.low - 1, row.high + 1}) {
      policy.adjustment.value = value;
      EXPECT_EQ(Check(policy), F::kAdjustmentValue) << value;
    }
  }
  ScalingPolicy policy = Good();
  policy.adjustment.value = 40;
  EXPECT_EQ(Check(policy, {.quotas = {.quantity_change_value = 40}}), std::nullopt);
}

TEST(PolicyRules, CooldownsAreAMinuteToADay) {
  for (const auto& [cooldown, fault] :
       {std::pair<absl::Duration, std::optional<F>>{absl::Seconds(59), F::kCoolDown},
        {absl::Seconds(60), std::nullopt},
        {absl::Seconds(86400), std::nullopt},
        {absl::Seconds(86401), F::kCoolDown},
        {absl::Milliseconds(60001), F::kCoolDown}}) {
    ScalingPolicy policy = Good();
    policy.cooldown = cooldown;
    EXPECT_EQ(Check(policy), fault) << cooldown;
  }
}

}  // namespace
}  // namespace accordion::domain
