#include "engine/domain/policy.h"

#include <gtest/gtest.h>

#include "engine/domain/limits.h"
#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

constexpr absl::Duration kPeriod = absl::Seconds(60);

MetricRule Rule(int repeat_times) { return {.repeat_times = repeat_times, .period = kPeriod}; }

PeriodVerdict Verdict(int number, Breach breach = Breach::kTrue) {
  return {.start = kNow + number * kPeriod, .breach = breach};
}

PolicyRun RunOf(std::initializer_list<PeriodVerdict> verdicts) { return {.periods = verdicts}; }

size_t Firing(const PolicyRun& run, int repeat_times,
              absl::Time counts_from = absl::InfinitePast()) {
  return FiringPeriods(run, Rule(repeat_times), counts_from).size();
}

TEST(Policy, AClosedPeriodIsJudgedOnce) {
  PolicyRun run;
  EXPECT_TRUE(Append(run, Rule(3), Verdict(1, Breach::kFalse)));
  EXPECT_FALSE(Append(run, Rule(3), Verdict(1, Breach::kTrue)));
  EXPECT_FALSE(Append(run, Rule(3), Verdict(0, Breach::kTrue)));
  ASSERT_EQ(run.periods.size(), 1u);
  EXPECT_EQ(run.periods[0].breach, Breach::kFalse);
  EXPECT_TRUE(Append(run, Rule(3), Verdict(2)));
  EXPECT_EQ(run.periods.size(), 2u);
}

TEST(Policy, APeriodOfAnotherDefinitionIsRefused) {
  PolicyRun run;
  PeriodVerdict verdict = Verdict(0);
  verdict.start += kPeriod / 2;
  EXPECT_FALSE(Append(run, Rule(3), verdict));
  EXPECT_TRUE(run.periods.empty());
}

TEST(Policy, ARunKeepsTheNewestTenPeriods) {
  PolicyRun run;
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(Append(run, Rule(3), Verdict(i)));
  ASSERT_EQ(run.periods.size(), static_cast<size_t>(kMaxRepeatTimes));
  EXPECT_EQ(run.periods.front().start, kNow + 15 * kPeriod);
  EXPECT_EQ(run.periods.back().start, kNow + 24 * kPeriod);
  EXPECT_EQ(Firing(run, kMaxRepeatTimes), static_cast<size_t>(kMaxRepeatTimes));
}

TEST(Policy, FiresWhenTheNewestRepeatTimesPeriodsBreach) {
  const PolicyRun run = RunOf({Verdict(0), Verdict(1), Verdict(2)});
  EXPECT_EQ(Firing(run, 3), 3u);
  EXPECT_EQ(Firing(run, 4), 0u);
  const std::vector<PeriodVerdict> two = FiringPeriods(run, Rule(2), absl::InfinitePast());
  EXPECT_EQ(two, (std::vector<PeriodVerdict>{Verdict(1), Verdict(2)}));
  EXPECT_EQ(Firing(PolicyRun{}, 1), 0u);
}

TEST(Policy, ACalmOrMissingPeriodEndsTheRun) {
  for (Breach breach : {Breach::kFalse, Breach::kMissing}) {
    EXPECT_EQ(Firing(RunOf({Verdict(0), Verdict(1, breach), Verdict(2)}), 3), 0u);
    EXPECT_EQ(Firing(RunOf({Verdict(0, breach), Verdict(1), Verdict(2)}), 3), 0u);
    EXPECT_EQ(Firing(RunOf({Verdict(0), Verdict(1), Verdict(2, breach)}), 1), 0u);
    EXPECT_EQ(Firing(RunOf({Verdict(0, breach), Verdict(1), Verdict(2)}), 2), 2u);
  }
}

TEST(Policy, AGapEndsTheRun) {
  EXPECT_EQ(Firing(RunOf({Verdict(0), Verdict(1), Verdict(3)}), 3), 0u);
  EXPECT_EQ(Firing(RunOf({Verdict(0), Verdict(1), Verdict(3)}), 2), 0u);
  EXPECT_EQ(Firing(RunOf({Verdict(0), Verdict(2), Verdict(3)}), 2), 2u);
  EXPECT_EQ(Firing(RunOf({Verdict(0), Verdict(1), Verdict(3)}), 1), 1u);
}

TEST(Policy, APeriodThatBeganBeforeTheBarrierDoesNotCount) {
  const PolicyRun run = RunOf({Verdict(0), Verdict(1), Verdict(2)});
  EXPECT_EQ(Firing(run, 3, kNow), 3u);
  EXPECT_EQ(Firing(run, 3, kNow + absl::Nanoseconds(1)), 0u);
  EXPECT_EQ(Firing(run, 2, kNow + kPeriod), 2u);
  EXPECT_EQ(Firing(run, 1, kNow + 3 * kPeriod), 0u);
}

TEST(Policy, RaisesWaitForAddedCapacityReductionsForAnyChange) {
  ScalingGroup group = MakeGroup(0, 5, 10);
  group.capacity_added_at = kNow;
  group.membership_changed_at = kNow + absl::Minutes(5);
  ScalingPolicy policy;
  policy.edited_at = kNow - absl::Hours(1);
  policy.adjustment = {AdjustmentType::kQuantityChange, 1};
  EXPECT_EQ(CountsFrom(policy, group), kNow);
  policy.adjustment = {AdjustmentType::kQuantityChange, -1};
  EXPECT_EQ(CountsFrom(policy, group), kNow + absl::Minutes(5));
  policy.adjustment = {AdjustmentType::kTotalCapacity, 4};
  EXPECT_EQ(CountsFrom(policy, group), kNow + absl::Minutes(5));
  policy.adjustment = {AdjustmentType::kTotalCapacity, 6};
  EXPECT_EQ(CountsFrom(policy, group), kNow);
}

TEST(Policy, AnEditResetsTheRun) {
  ScalingGroup group = MakeGroup(0, 5, 10);
  ScalingPolicy policy;
  policy.adjustment = {AdjustmentType::kQuantityChange, 1};
  policy.edited_at = kNow + absl::Hours(1);
  EXPECT_EQ(CountsFrom(policy, group), policy.edited_at);
  group.capacity_added_at = kNow;
  EXPECT_EQ(CountsFrom(policy, group), policy.edited_at);
}

TEST(Policy, FiresExactlyWhenTheLawSaysSo) {
  ForAll([](Random& random) {
    PolicyRun run;
    std::vector<Breach> history;  // by period number; a gap is kMissing too
    const int periods = random.Int(0, 30);
    for (int i = 0; i < periods; ++i) {
      const Breach breach =
          random.Chance(80) ? Breach::kTrue : random.OneOf({Breach::kFalse, Breach::kMissing});
      // The newest period is always judged; an older one may have been lost with a crash.
      const bool judged = i == periods - 1 || random.Chance(95);
      if (judged) {
        ASSERT_TRUE(Append(run, Rule(3), Verdict(i, breach)));
      }
      history.push_back(judged ? breach : Breach::kMissing);
    }
    const int repeat_times = random.Int(1, kMaxRepeatTimes);
    const int barrier = random.Int(0, 30);
    bool fires = periods >= repeat_times;
    for (int i = periods - repeat_times; fires && i < periods; ++i) {
      fires = history[static_cast<size_t>(i)] == Breach::kTrue && i >= barrier;
    }
    EXPECT_EQ(Firing(run, repeat_times, kNow + barrier * kPeriod),
              fires ? static_cast<size_t>(repeat_times) : 0u);
  });
}

}  // namespace
}  // namespace accordion::domain
