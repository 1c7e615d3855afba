#include "engine/domain/arbitration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

constexpr auto kTotal = AdjustmentType::kTotalCapacity;
constexpr auto kQuantity = AdjustmentType::kQuantityChange;
constexpr auto kPercent = AdjustmentType::kPercentChange;

Firing MakeFiring(int64_t id, AdjustmentType type, int value) {
  Firing firing;
  firing.policy.id = PolicyId(id);
  firing.policy.adjustment = {type, value};
  return firing;
}

// min 2, max 10, as many members as desired.
GroupSituation Situation(int desired = 5) {
  return {.group = MakeGroup(2, desired, 10), .members = desired, .now = kNow};
}

Decision Decide(const GroupSituation& situation, AdjustmentType type, int value) {
  return Arbitrate({MakeFiring(1, type, value)}, situation).at(0);
}

std::vector<DecisionReason> Reasons(const std::vector<Firing>& firings,
                                    const GroupSituation& situation) {
  std::vector<DecisionReason> reasons;
  for (const Decision& decision : Arbitrate(firings, situation)) {
    reasons.push_back(decision.reason);
  }
  return reasons;
}

using R = DecisionReason;

TEST(Arbitration, OnePolicyActsWithItsNumbersRecorded) {
  const Decision decision = Decide(Situation(), kQuantity, 9);
  EXPECT_EQ(decision.reason, R::kActed);
  EXPECT_EQ(decision.desired_before, 5);
  EXPECT_EQ(decision.desired_wanted, 14);
  EXPECT_EQ(decision.desired_after, 10);
  EXPECT_EQ(decision.firing.policy.id, PolicyId(1));
  EXPECT_EQ(Decide(Situation(), kQuantity, -1).desired_after, 4);
  EXPECT_EQ(Decide(Situation(), kPercent, -50).desired_after, 3);
  EXPECT_EQ(Decide(Situation(), kTotal, 7).desired_after, 7);
}

TEST(Arbitration, NothingFiresNothingIsDecided) { EXPECT_TRUE(Arbitrate({}, Situation()).empty()); }

TEST(Arbitration, WhileMembersAreReplacedRaisesActAndReductionsWait) {
  GroupSituation situation = Situation();
  situation.replacing = true;
  EXPECT_EQ(Decide(situation, kQuantity, 1).desired_after, 6);
  EXPECT_EQ(Decide(situation, kQuantity, -1).reason, R::kActivityInProgress);
  situation.group.desired_capacity = 6;
  EXPECT_EQ(Decide(situation, kQuantity, 1).reason, R::kCapacityPending);
}

TEST(Arbitration, AClampToNoChangeIsSuppressed) {
  EXPECT_EQ(Decide(Situation(10), kQuantity, 1).reason, R::kAlreadyAtMaxCapacity);
  EXPECT_EQ(Decide(Situation(2), kQuantity, -1).reason, R::kAlreadyAtMinCapacity);
  EXPECT_EQ(Decide(Situation(2), kTotal, 0).reason, R::kAlreadyAtMinCapacity);
  EXPECT_EQ(Decide(Situation(10), kTotal, 11).reason, R::kAlreadyAtMaxCapacity);
  EXPECT_EQ(Decide(Situation(10), kQuantity, 1).desired_after, 10);
}

TEST(Arbitration, ZeroNeverActs) {
  EXPECT_EQ(Decide(Situation(), kQuantity, 0).reason, R::kNoChange);
  EXPECT_EQ(Decide(Situation(), kPercent, 0).reason, R::kNoChange);
  EXPECT_EQ(Decide(Situation(), kTotal, 5).reason, R::kNoChange);
  // Nor does it hold back another policy; a total equal to desired does.
  EXPECT_EQ(Reasons({MakeFiring(1, kQuantity, 0), MakeFiring(2, kQuantity, -1)}, Situation()),
            (std::vector<R>{R::kNoChange, R::kActed}));
  EXPECT_EQ(Reasons({MakeFiring(1, kTotal, 5), MakeFiring(2, kQuantity, -1)}, Situation()),
            (std::vector<R>{R::kNoChange, R::kOutvoted}));
}

TEST(Arbitration, ADisabledBusyOrCoolingGroupRests) {
  GroupSituation disabled = Situation();
  disabled.group.status = GroupStatus::kUnActive;
  EXPECT_EQ(Decide(disabled, kQuantity, 1).reason, R::kGroupDisabled);

  GroupSituation busy = Situation();
  busy.activity_open = true;
  EXPECT_EQ(Decide(busy, kQuantity, 1).reason, R::kActivityInProgress);
  EXPECT_EQ(Decide(busy, kQuantity, 1).desired_after, 5);

  GroupSituation cooling = Situation();
  cooling.group.cooldown_until = kNow + absl::Nanoseconds(1);
  EXPECT_EQ(Decide(cooling, kQuantity, 1).reason, R::kInCooldown);
  cooling.group.cooldown_until = kNow;
  EXPECT_EQ(Decide(cooling, kQuantity, 1).reason, R::kActed);
}

TEST(Arbitration, TheLargestRaiseWins) {
  EXPECT_EQ(Reasons({MakeFiring(1, kQuantity, 1), MakeFiring(2, kTotal, 8),
                     MakeFiring(3, kQuantity, -2), MakeFiring(4, kPercent, 50)},
                    Situation()),
            (std::vector<R>{R::kOutvoted, R::kActed, R::kOutvoted, R::kOutvoted}));
}

TEST(Arbitration, TheGentlestReductionWins) {
  EXPECT_EQ(Reasons({MakeFiring(1, kQuantity, -3), MakeFiring(2, kQuantity, -1),
                     MakeFiring(3, kTotal, 2)},
                    Situation()),
            (std::vector<R>{R::kOutvoted, R::kActed, R::kOutvoted}));
}

TEST(Arbitration, TiesGoToTheSmallerId) {
  EXPECT_EQ(Reasons({MakeFiring(9, kQuantity, 2), MakeFiring(4, kTotal, 7)}, Situation()),
            (std::vector<R>{R::kOutvoted, R::kActed}));
  // Clamped alike is a tie too.
  EXPECT_EQ(Reasons({MakeFiring(4, kQuantity, 8), MakeFiring(9, kQuantity, 9)}, Situation()),
            (std::vector<R>{R::kActed, R::kOutvoted}));
}

TEST(Arbitration, ARaiseThatCannotActStillOutvotesReductions) {
  // An overloaded group at max size must not shrink because another dimension is calm.
  EXPECT_EQ(Reasons({MakeFiring(1, kQuantity, 1), MakeFiring(2, kQuantity, -1)}, Situation(10)),
            (std::vector<R>{R::kAlreadyAtMaxCapacity, R::kOutvoted}));
}

TEST(Arbitration, WhileCapacityIsPendingRaisesWaitAndReductionsAct) {
  GroupSituation pending = Situation(6);
  pending.members = 4;
  const Decision raise = Decide(pending, kQuantity, 1);
  EXPECT_EQ(raise.reason, R::kCapacityPending);
  EXPECT_EQ(raise.desired_after, 6);
  const Decision reduction = Decide(pending, kQuantity, -1);
  EXPECT_EQ(reduction.reason, R::kActed);
  EXPECT_EQ(reduction.desired_after, 5);
}

TEST(Arbitration, WithASurplusReductionsWaitAndRaisesCountFromTheMembers) {
  GroupSituation surplus = Situation(4);
  surplus.members = 6;
  EXPECT_EQ(Decide(surplus, kQuantity, -1).reason, R::kSurplusPending);
  const Decision raise = Decide(surplus, kQuantity, 1);
  EXPECT_EQ(raise.reason, R::kActed);
  EXPECT_EQ(raise.desired_before, 4);
  EXPECT_EQ(raise.desired_after, 7);
  EXPECT_EQ(Decide(surplus, kPercent, 50).desired_after, 9);
  EXPECT_EQ(Decide(surplus, kTotal, 5).desired_after, 5);
  EXPECT_EQ(Decide(surplus, kQuantity, 0).reason, R::kNoChange);
}

TEST(Arbitration, ReasonsHaveDistinctNames) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(R::kOutvoted); ++i) {
    names.insert(DecisionReasonName(static_cast<R>(i)));
  }
  EXPECT_EQ(names, (std::set<std::string>{"Acted", "GroupDisabled", "InCooldown",
                                          "ScalingActivityInProgress", "AlreadyAtMaxCapacity",
                                          "AlreadyAtMinCapacity", "NoChange", "CapacityPending",
                                          "SurplusPending", "Outvoted"}));
}

std::vector<Firing> RandomFirings(Random& random) {
  std::vector<Firing> firings;
  const int count = random.Int(1, 6);
  for (int i = 0; i < count; ++i) {
    firings.push_back(
        MakeFiring(i + 1, random.OneOf({kTotal, kQuantity, kPercent}), random.Int(-10, 10)));
  }
  return firings;
}

GroupSituation RandomSituation(Random& random) {
  GroupSituation situation{.group = random.Group(), .now = kNow};
  situation.members = std::max(0, situation.group.desired_capacity + random.Int(-2, 2));
  situation.activity_open = random.Chance(5);
  if (random.Chance(10)) situation.group.cooldown_until = kNow + absl::Seconds(random.Int(-5, 5));
  if (random.Chance(5)) situation.group.status = GroupStatus::kUnActive;
  return situation;
}

TEST(Arbitration, AtMostOneActsWithinBoundsAndOnlyItMovesDesired) {
  ForAll([](Random& random) {
    const GroupSituation situation = RandomSituation(random);
    const std::vector<Firing> firings = RandomFirings(random);
    const std::vector<Decision> decisions = Arbitrate(firings, situation);
    ASSERT_EQ(decisions.size(), firings.size());
    int acted = 0;
    for (size_t i = 0; i < decisions.size(); ++i) {
      const Decision& decision = decisions[i];
      EXPECT_EQ(decision.firing.policy.id, firings[i].policy.id);
      EXPECT_EQ(decision.desired_before, situation.group.desired_capacity);
      EXPECT_EQ(decision.reason == R::kActed, decision.desired_after != decision.desired_before);
      if (decision.reason != R::kActed) continue;
      ++acted;
      EXPECT_GE(decision.desired_after, situation.group.min_size);
      EXPECT_LE(decision.desired_after, situation.group.max_size);
      EXPECT_FALSE(situation.activity_open);
      EXPECT_FALSE(firings[i].policy.adjustment.type != kTotal &&
                   firings[i].policy.adjustment.value == 0);
      if (decision.desired_after > decision.desired_before) {
        EXPECT_GE(situation.members, situation.group.desired_capacity);
      } else {
        EXPECT_LE(situation.members, situation.group.desired_capacity);
      }
    }
    EXPECT_LE(acted, 1);
  });
}

TEST(Arbitration, TheWinnerIsTheLargestOfThoseThatCouldActAlone) {
  ForAll([](Random& random) {
    const GroupSituation situation = RandomSituation(random);
    const std::vector<Firing> firings = RandomFirings(random);
    std::vector<int> alone;  // capacities of those that would act
    bool keeps = false;
    for (const Firing& firing : firings) {
      const Decision decision = Arbitrate({firing}, situation).at(0);
      const bool is_total = firing.policy.adjustment.type == kTotal;
      const int reference = is_total ? situation.group.desired_capacity - 1 : 0;
      keeps |= firing.policy.adjustment.value > reference;
      if (decision.reason == R::kActed) alone.push_back(decision.desired_after);
    }
    const int largest = alone.empty() ? -1 : *std::max_element(alone.begin(), alone.end());
    const bool acts = largest > situation.group.desired_capacity || (!alone.empty() && !keeps);
    int acted = -1;
    for (const Decision& decision : Arbitrate(firings, situation)) {
      if (decision.reason == R::kActed) acted = decision.desired_after;
    }
    EXPECT_EQ(acted, acts ? largest : -1);
  });
}

TEST(Arbitration, TheOrderOfTheFiringsDoesNotMatter) {
  ForAll([](Random& random) {
    const GroupSituation situation = RandomSituation(random);
    std::vector<Firing> firings = RandomFirings(random);
    std::set<std::pair<int64_t, R>> before;
    std::set<std::pair<int64_t, R>> after;
    for (const Decision& decision : Arbitrate(firings, situation)) {
      before.insert({decision.firing.policy.id.value(), decision.reason});
    }
    for (size_t i = firings.size() - 1; i > 0; --i) {
      std::swap(firings[i], firings[static_cast<size_t>(random.Int(0, static_cast<int>(i)))]);
    }
    for (const Decision& decision : Arbitrate(firings, situation)) {
      after.insert({decision.firing.policy.id.value(), decision.reason});
    }
    EXPECT_EQ(before, after);
  });
}

}  // namespace
}  // namespace accordion::domain
