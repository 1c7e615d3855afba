#include "engine/domain/cooldown.h"

#include <gtest/gtest.h>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

Cause PolicyWithCooldown(absl::Duration cooldown) {
  return {.kind = TriggerKind::kPolicy, .policy_id = PolicyId(10000001), .cooldown = cooldown};
}

TEST(Cooldown, CoversItsStartAndNotItsEnd) {
  ScalingGroup group = MakeGroup(0, 1, 2);
  EXPECT_FALSE(InCooldown(group, kNow));
  group.cooldown_until = kNow;
  EXPECT_TRUE(InCooldown(group, kNow - absl::Seconds(60)));
  EXPECT_TRUE(InCooldown(group, kNow - absl::Nanoseconds(1)));
  EXPECT_FALSE(InCooldown(group, kNow));
  EXPECT_FALSE(InCooldown(group, kNow + absl::Seconds(1)));
}

TEST(Cooldown, StartsWhenAnActivityThatChangedCapacityEnds) {
  const Cause cause = PolicyWithCooldown(absl::Seconds(60));
  EXPECT_EQ(CooldownAfter(std::nullopt, cause, true, kNow), kNow + absl::Seconds(60));
}

TEST(Cooldown, AnActivityThatChangedNothingStartsNone) {
  const Cause cause = PolicyWithCooldown(absl::Seconds(60));
  EXPECT_EQ(CooldownAfter(std::nullopt, cause, false, kNow), std::nullopt);
  EXPECT_EQ(CooldownAfter(kNow + absl::Seconds(5), cause, false, kNow), kNow + absl::Seconds(5));
}

TEST(Cooldown, OtherTriggersStartNoneAndKeepWhatRuns) {
  const Cause modify{.kind = TriggerKind::kModify};
  EXPECT_EQ(CooldownAfter(std::nullopt, modify, true, kNow), std::nullopt);
  EXPECT_EQ(CooldownAfter(kNow + absl::Seconds(9), modify, true, kNow), kNow + absl::Seconds(9));
}

TEST(Cooldown, OfOverlappingCooldownsTheLaterEndWins) {
  const Cause cause = PolicyWithCooldown(absl::Seconds(60));
  EXPECT_EQ(CooldownAfter(kNow + absl::Seconds(90), cause, true, kNow), kNow + absl::Seconds(90));
  EXPECT_EQ(CooldownAfter(kNow + absl::Seconds(30), cause, true, kNow), kNow + absl::Seconds(60));
  EXPECT_EQ(CooldownAfter(kNow - absl::Hours(1), cause, true, kNow), kNow + absl::Seconds(60));
}

}  // namespace
}  // namespace accordion::domain
