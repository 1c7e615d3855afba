#include "engine/domain/group_diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "engine/domain/limits.h"
#include "engine/domain/removal.h"
#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

GroupFacts Facts(int min_size, int desired, int max_size, int members) {
  return {.group = MakeGroup(min_size, desired, max_size),
          .members = MakeMembers(members),
          .now = kNow};
}

void Leave(Member& member, LifeCycle life_cycle, std::optional<ActivityId> activity) {
  member.life_cycle = life_cycle;
  member.activity_id = activity;
}

void ExpectPlan(const GroupFacts& facts, NextStep step, int count) {
  const GroupPlan plan = PlanGroup(facts);
  EXPECT_EQ(plan.step, step);
  EXPECT_EQ(plan.count, count);
}

TEST(GroupDiff, AtDesiredNothingHappens) {
  ExpectPlan(Facts(1, 3, 5, 3), NextStep::kNothing, 0);
  EXPECT_EQ(PlanGroup(Facts(1, 3, 5, 3)).wake_at, std::nullopt);
}

TEST(GroupDiff, TheDifferenceIsLaunchedOrRemovedWithTheCauseOfDesired) {
  ExpectPlan(Facts(1, 5, 5, 3), NextStep::kScaleOut, 2);
  ExpectPlan(Facts(1, 2, 5, 5), NextStep::kScaleIn, 3);
  EXPECT_EQ(PlanGroup(Facts(1, 5, 5, 3)).cause.text, "the cause");
  EXPECT_EQ(PlanGroup(Facts(1, 2, 5, 5)).cause.text, "the cause");
}

TEST(GroupDiff, MembersOnTheirWayInAndUnHealthyOnesCount) {
  GroupFacts facts = Facts(0, 4, 6, 4);
  facts.members[0].life_cycle = LifeCycle::kPending;
  facts.members[1].life_cycle = LifeCycle::kAttaching;
  facts.members[1].activity_id = ActivityId(3);
  facts.members[2].health = Health::kUnHealthy;
  facts.members[2].is_protected = true;  // or it would be replaced
  EXPECT_EQ(CountedMembers(facts.members), 4);
  ExpectPlan(facts, NextStep::kNothing, 0);
}

TEST(GroupDiff, MembersOnTheirWayOutDoNotCount) {
  GroupFacts facts = Facts(0, 4, 6, 4);
  Leave(facts.members[0], LifeCycle::kDetaching, ActivityId(3));
  Leave(facts.members[1], LifeCycle::kTerminating, ActivityId(3));
  EXPECT_EQ(CountedMembers(facts.members), 2);
  ExpectPlan(facts, NextStep::kScaleOut, 2);
  facts.members[2].life_cycle = LifeCycle::kClosed;
  EXPECT_EQ(CountedMembers(facts.members), 1);
}

TEST(GroupDiff, UnresolvedIntentsHoldTheirPlaces) {
  GroupFacts facts = Facts(0, 5, 6, 3);
  facts.unresolved_intents = 1;
  ExpectPlan(facts, NextStep::kScaleOut, 1);
  facts.unresolved_intents = 2;
  ExpectPlan(facts, NextStep::kNothing, 0);
  // They may come to nothing: no member leaves on their account.
  facts.unresolved_intents = 3;
  ExpectPlan(facts, NextStep::kNothing, 0);
}

TEST(GroupDiff, WhileLaunchesPauseItWaitsForTheProbeWhichIsOneLaunch) {
  GroupFacts facts = Facts(0, 6, 6, 3);
  facts.group.launch_errors_in_a_row = 8;
  ExpectPlan(facts, NextStep::kScaleOut, 2);
  facts.group.launch_errors_in_a_row = 10;
  facts.group.launch_probe_at = kNow + absl::Minutes(1);
  ExpectPlan(facts, NextStep::kWait, 0);
  EXPECT_EQ(PlanGroup(facts).wake_at, kNow + absl::Minutes(1));
  facts.group.launch_probe_at = kNow;
  ExpectPlan(facts, NextStep::kScaleOut, 1);
  facts.group.retry_not_before = kNow + absl::Minutes(2);
  ExpectPlan(facts, NextStep::kWait, 0);
}

TEST(GroupDiff, APauseOfLaunchesHoldsNothingElse) {
  GroupFacts facts = Facts(0, 2, 6, 3);
  facts.group.launch_errors_in_a_row = 10;
  facts.group.launch_probe_at = kNow + absl::Minutes(1);
  ExpectPlan(facts, NextStep::kScaleIn, 1);
  facts.group.desired_capacity = 3;
  ExpectPlan(facts, NextStep::kNothing, 0);
  // A removal doesn't wait for the turn of launches that can't begin.
  facts.group.desired_capacity = 5;
  facts.group.failed_in_a_row = 1;
  Leave(facts.members[0], LifeCycle::kTerminating, std::nullopt);
  ExpectPlan(facts, NextStep::kFinishRemoval, 1);
  facts.group.launch_probe_at = kNow;
  ExpectPlan(facts, NextStep::kScaleOut, 1);
}

TEST(GroupDiff, InstancesBeingTerminatedStillFillMaxSize) {
  GroupFacts facts = Facts(0, 5, 5, 5);
  Leave(facts.members[0], LifeCycle::kTerminating, ActivityId(3));
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts.group.max_size = 6;
  ExpectPlan(facts, NextStep::kScaleOut, 1);
  // A detached one is left running and is the group's no more.
  facts.group.max_size = 5;
  Leave(facts.members[0], LifeCycle::kDetaching, ActivityId(3));
  ExpectPlan(facts, NextStep::kScaleOut, 1);
}

struct UnfinishedRow {
  const char* sentence;
  int desired;
  LifeCycle life_cycle;
  bool open;  // an activity is open, and works on the member
  bool disabled;
  int failed_in_a_row;
  NextStep step;
  int count;
};

TEST(GroupDiff, ARemovalOnceBegunGoesOn) {
  constexpr LifeCycle kTerminating = LifeCycle::kTerminating;
  constexpr LifeCycle kDetaching = LifeCycle::kDetaching;
  const UnfinishedRow rows[] = {
      {"at desired", 3, kTerminating, false, false, 0, NextStep::kFinishRemoval, 1},
      {"a detached one as well", 3, kDetaching, false, false, 0, NextStep::kFinishRemoval, 1},
      {"not while its activity is open", 3, kTerminating, true, false, 0, NextStep::kNothing, 0},
      {"in a disabled group", 3, kTerminating, false, true, 0, NextStep::kFinishRemoval, 1},
      {"in a disabled group after a failure", 5, kTerminating, false, true, 1,
       NextStep::kFinishRemoval, 1},
      {"before launches", 5, kTerminating, false, false, 0, NextStep::kFinishRemoval, 1},
      {"after a failure launches have their turn", 5, kTerminating, false, false, 1,
       NextStep::kScaleOut, 2},
      {"after the next one it has", 5, kTerminating, false, false, 2, NextStep::kFinishRemoval, 1},
      {"before other removals", 1, kTerminating, false, false, 1, NextStep::kFinishRemoval, 1},
  };
  for (const UnfinishedRow& row : rows) {
    SCOPED_TRACE(row.sentence);
    GroupFacts facts = Facts(0, row.desired, 9, 4);
    Leave(facts.members[0], row.life_cycle, row.open ? std::optional<ActivityId>(3) : std::nullopt);
    facts.activity_open = row.open;
    if (row.disabled) facts.group.status = GroupStatus::kUnActive;
    facts.group.failed_in_a_row = row.failed_in_a_row;
    ExpectPlan(facts, row.step, row.count);
  }
}

TEST(GroupDiff, AnUnfinishedRemovalWaitsForItsBackOff) {
  GroupFacts facts = Facts(0, 3, 9, 4);
  Leave(facts.members[0], LifeCycle::kTerminating, std::nullopt);
  facts.group.retry_not_before = kNow + absl::Seconds(15);
  ExpectPlan(facts, NextStep::kWait, 0);
  EXPECT_EQ(PlanGroup(facts).wake_at, kNow + absl::Seconds(15));
}

GroupFacts WithListener(GroupFacts facts) {
  const SlbConfig slb{.load_balancer_id = "lb", .listener_id = ListenerId("l"), .ports = {80}};
  facts.group.slb_configs = {slb};
  for (Member& member : facts.members) member.registrations = {{slb.listener_id, 80, "r"}};
  return facts;
}

void Ask(Member& member, LifeCycle life_cycle) {
  member.life_cycle = life_cycle;
  member.request_cause = "a user";
}

TEST(GroupDiff, WhatUsersAskedForGoesFirstAndInADisabledGroupToo) {
  for (const GroupStatus status : {GroupStatus::kActive, GroupStatus::kUnActive}) {
    GroupFacts facts = WithListener(Facts(0, 9, 9, 5));
    facts.group.status = status;
    facts.members[0].registrations.clear();
    Ask(facts.members[1], LifeCycle::kAttaching);
    Ask(facts.members[2], LifeCycle::kAttaching);
    Ask(facts.members[3], LifeCycle::kDetaching);
    ExpectPlan(facts, NextStep::kDetach, 1);
    facts.members[3].activity_id = ActivityId(3);
    ExpectPlan(facts, NextStep::kAttach, 2);
    facts.members[1].activity_id = facts.members[2].activity_id = ActivityId(3);
    ExpectPlan(facts, NextStep::kRegister, 1);
    facts.members[0].activity_id = ActivityId(3);
    const bool rests = status == GroupStatus::kUnActive;
    ExpectPlan(facts, rests ? NextStep::kNothing : NextStep::kScaleOut, rests ? 0 : 5);
    facts.activity_open = true;
    facts.members[0].activity_id.reset();
    ExpectPlan(facts, NextStep::kNothing, 0);
  }
}

TEST(GroupDiff, ADetachThatWasAskedForIsNoUnfinishedRemoval) {
  GroupFacts facts = Facts(0, 4, 9, 5);
  Ask(facts.members[0], LifeCycle::kDetaching);
  EXPECT_FALSE(IsLeftLeaving(facts.members[0]));
  EXPECT_TRUE(AwaitsDetach(facts.members[0]));
  ExpectPlan(facts, NextStep::kDetach, 1);
  Leave(facts.members[1], LifeCycle::kTerminating, std::nullopt);
  ExpectPlan(facts, NextStep::kFinishRemoval, 1);
  EXPECT_FALSE(AwaitsDetach(facts.members[1]));
}

TEST(GroupDiff, AFailingDetachTakesTurnsWithLaunches) {
  GroupFacts facts = Facts(0, 9, 9, 5);
  Ask(facts.members[0], LifeCycle::kDetaching);
  facts.group.failed_in_a_row = 1;
  ExpectPlan(facts, NextStep::kScaleOut, 5);
  facts.group.failed_in_a_row = 2;
  ExpectPlan(facts, NextStep::kDetach, 1);
  facts.group.retry_not_before = kNow + absl::Seconds(15);
  ExpectPlan(facts, NextStep::kWait, 0);
}

TEST(GroupDiff, OnlyMembersInServiceAreRegistered) {
  GroupFacts facts = WithListener(Facts(0, 3, 9, 3));
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts.members[0].registrations.push_back({ListenerId("old"), 80, "o"});
  ExpectPlan(facts, NextStep::kRegister, 1);
  facts.members[0].life_cycle = LifeCycle::kPending;
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts.members[0].life_cycle = LifeCycle::kInService;
  facts.members[0].activity_id = ActivityId(3);
  ExpectPlan(facts, NextStep::kNothing, 0);
}

TEST(GroupDiff, RegistrationsThatRestLetTheOthersHaveTheirTurn) {
  for (const bool attach : {false, true}) {
    GroupFacts facts = WithListener(Facts(0, 5, 9, 3));
    facts.members[0].registrations.clear();
    if (attach) Ask(facts.members[0], LifeCycle::kAttaching);
    const absl::Time rest = kNow + absl::Seconds(20);
    facts.group.registrations_not_before = rest;
    ExpectPlan(facts, NextStep::kScaleOut, 2);
    facts.group.desired_capacity = 3;
    ExpectPlan(facts, NextStep::kWait, 0);
    EXPECT_EQ(PlanGroup(facts).wake_at, rest);
    // Of two that rest, the one that is due first.
    facts.group.desired_capacity = 5;
    for (const int seconds : {15, 30}) {
      facts.group.retry_not_before = kNow + absl::Seconds(seconds);
      ExpectPlan(facts, NextStep::kWait, 0);
      EXPECT_EQ(PlanGroup(facts).wake_at, std::min(rest, *facts.group.retry_not_before));
    }
    facts.now = rest;
    ExpectPlan(facts, attach ? NextStep::kAttach : NextStep::kRegister, 1);
    facts.group.retry_not_before.reset();
    facts.group.registrations_not_before.reset();
    ExpectPlan(facts, attach ? NextStep::kAttach : NextStep::kRegister, 1);
  }
}

TEST(GroupDiff, NothingWhileAnActivityIsOpenOrTheGroupIsDisabled) {
  GroupFacts busy = Facts(0, 5, 6, 3);
  busy.activity_open = true;
  ExpectPlan(busy, NextStep::kNothing, 0);
  GroupFacts disabled = Facts(0, 5, 6, 3);
  disabled.group.status = GroupStatus::kUnActive;
  ExpectPlan(disabled, NextStep::kNothing, 0);
  disabled.group.desired_capacity = 1;
  ExpectPlan(disabled, NextStep::kNothing, 0);
}

TEST(GroupDiff, ProtectedOrBusySurplusIsLeftInPeace) {
  GroupFacts facts = Facts(0, 1, 6, 3);
  facts.members[0].is_protected = true;
  ExpectPlan(facts, NextStep::kScaleIn, 2);
  facts.members[1].is_protected = true;
  ExpectPlan(facts, NextStep::kScaleIn, 1);
  facts.members[2].activity_id = ActivityId(3);
  ExpectPlan(facts, NextStep::kNothing, 0);
  EXPECT_EQ(PlanGroup(facts).wake_at, std::nullopt);
}

TEST(GroupDiff, ARemovalLeavesMinSizeInServiceAndHealthy) {
  GroupFacts facts = Facts(2, 2, 6, 3);
  facts.members[0].life_cycle = LifeCycle::kPending;  // counts, but serves nobody
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts.members.push_back(MakeMember("i-3"));
  ExpectPlan(facts, NextStep::kScaleIn, 1);
  // An UnHealthy one may always go: it serves nobody either.
  facts = Facts(2, 2, 6, 3);
  facts.members[0].health = Health::kUnHealthy;
  ExpectPlan(facts, NextStep::kScaleIn, 1);
  // So they may though fewer than min size serve already: the spare is zero, not negative.
  facts = Facts(3, 3, 6, 5);
  for (size_t i : {0u, 1u}) facts.members[i].life_cycle = LifeCycle::kPending;
  for (size_t i : {2u, 3u}) facts.members[i].health = Health::kUnHealthy;
  ExpectPlan(facts, NextStep::kScaleIn, 2);
}

TEST(GroupDiff, AfterAFailureItWaitsForItsBackOff) {
  for (int desired : {1, 5}) {
    GroupFacts facts = Facts(0, desired, 6, 3);
    facts.group.retry_not_before = kNow + absl::Seconds(15);
    ExpectPlan(facts, NextStep::kWait, 0);
    EXPECT_EQ(PlanGroup(facts).wake_at, kNow + absl::Seconds(15));
    facts.now = kNow + absl::Seconds(15);
    EXPECT_NE(PlanGroup(facts).step, NextStep::kWait);
  }
  GroupFacts nothing_to_do = Facts(0, 3, 6, 3);
  nothing_to_do.group.retry_not_before = kNow + absl::Seconds(15);
  ExpectPlan(nothing_to_do, NextStep::kNothing, 0);
}

TEST(GroupDiff, ARecordedDeleteEmptiesEvenADisabledGroup) {
  GroupFacts facts = Facts(0, 0, 6, 3);
  facts.group.status = GroupStatus::kUnActive;
  facts.group.delete_requested_at = kNow - absl::Hours(1);
  facts.members[0].is_protected = true;
  ExpectPlan(facts, NextStep::kScaleIn, 2);
  // It lapses, and a raised desired takes it back.
  facts.now = *facts.group.delete_requested_at + kDeleteIntentLifetime - absl::Nanoseconds(1);
  ExpectPlan(facts, NextStep::kScaleIn, 2);
  facts.now = *facts.group.delete_requested_at + kDeleteIntentLifetime;
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts.now = kNow;
  facts.group.desired_capacity = 5;
  ExpectPlan(facts, NextStep::kNothing, 0);
}

TEST(GroupDiff, EveryPlanRespectsMaxMinAndProtection) {
  ForAll([](Random& random) {
    GroupFacts facts{.group = random.Group(), .members = random.Members(14), .now = kNow};
    facts.unresolved_intents = random.Int(0, 2);
    facts.activity_open = random.Chance(5);
    const GroupPlan plan = PlanGroup(facts);
    const int counted = CountedMembers(facts.members);
    switch (plan.step) {
      case NextStep::kScaleOut:
        EXPECT_GT(plan.count, 0);
        EXPECT_LE(counted + facts.unresolved_intents + plan.count, facts.group.desired_capacity);
        break;
      case NextStep::kScaleIn: {
        EXPECT_GT(plan.count, 0);
        EXPECT_GE(counted - plan.count, facts.group.desired_capacity);
        // What is planned can be picked, and leaves min size healthy unless it was lower before.
        const RemovalPlan removal = PickVictims(facts.group, facts.members, plan.count);
        EXPECT_EQ(removal.shortfall, 0);
        int serving = 0;
        int healthy_victims = 0;
        for (const Member& member : facts.members) {
          if (member.health != Health::kHealthy || member.life_cycle != LifeCycle::kInService)
            continue;
          ++serving;
          healthy_victims += static_cast<int>(
              std::count(removal.victims.begin(), removal.victims.end(), member.instance_id));
        }
        if (healthy_victims > 0) {
          EXPECT_GE(serving - healthy_victims, facts.group.min_size);
        }
        break;
      }
      case NextStep::kFinishRemoval:
        EXPECT_EQ(plan.count,
                  std::count_if(facts.members.begin(), facts.members.end(), IsLeftLeaving));
        EXPECT_GT(plan.count, 0);
        break;
      case NextStep::kAttach:
        EXPECT_EQ(plan.count,
                  std::count_if(facts.members.begin(), facts.members.end(), AwaitsAttach));
        EXPECT_GT(plan.count, 0);
        break;
      case NextStep::kDetach:
      case NextStep::kRegister:
        ADD_FAILURE() << "nobody asked for it";
        break;
      case NextStep::kReplace:
        EXPECT_GT(plan.count, 0);
        EXPECT_LE(plan.count,
                  std::count_if(facts.members.begin(), facts.members.end(), AwaitsReplacement));
        break;
      case NextStep::kNothing:
        EXPECT_EQ(plan.count, 0);
        break;
      case NextStep::kWait:
        ADD_FAILURE() << "no back-off was asked for";
    }
    if (facts.activity_open) {
      EXPECT_EQ(plan.step, NextStep::kNothing);
    }
  });
}

TEST(GroupDiff, CarryingThePlanOutReachesAFixedPoint) {
  ForAll([](Random& random) {
    GroupFacts facts{.group = random.Group(), .members = random.Members(14), .now = kNow};
    if (PlanGroup(facts).step == NextStep::kFinishRemoval) {
      std::erase_if(facts.members, IsLeftLeaving);
    }
    if (PlanGroup(facts).step == NextStep::kAttach) {
      for (Member& member : facts.members) {
        if (AwaitsAttach(member)) member.life_cycle = LifeCycle::kInService;
      }
    }
    int launched = 0;
    const auto launch = [&](int count) {
      for (int i = 0; i < count; ++i)
        facts.members.push_back(MakeMember(absl::StrCat("new-", launched++)));
    };
    const auto remove = [&](const std::vector<InstanceId>& ids) {
      std::erase_if(facts.members, [&](const Member& member) {
        return std::find(ids.begin(), ids.end(), member.instance_id) != ids.end();
      });
    };
    // Growth may end a hold on replacement, so a difference may be followed by replacements.
    const int bad = static_cast<int>(
        std::count_if(facts.members.begin(), facts.members.end(), AwaitsReplacement));
    for (int step = 0; step < bad + 1; ++step) {
      const GroupPlan plan = PlanGroup(facts);
      if (plan.step == NextStep::kReplace) remove(PickReplaced(facts.members, plan.count));
      if (plan.step == NextStep::kScaleIn)
        remove(PickVictims(facts.group, facts.members, plan.count).victims);
      if (plan.step == NextStep::kReplace || plan.step == NextStep::kScaleOut) launch(plan.count);
    }
    ExpectPlan(facts, NextStep::kNothing, 0);
  });
}

// The last `bad` of `members` turned UnHealthy, one every ten minutes.
GroupFacts Unhealthy(int min_size, int desired, int max_size, int members, int bad) {
  GroupFacts facts = Facts(min_size, desired, max_size, members);
  for (int i = 0; i < bad; ++i) {
    Member& member = facts.members[static_cast<size_t>(members - 1 - i)];
    member.health = Health::kUnHealthy;
    member.unhealthy_since = kNow - absl::Minutes(10 * (bad - i));
  }
  return facts;
}

struct ReplaceRow {
  const char* sentence;
  int min_size, desired, max_size, members, bad;
  NextStep step;
  int count;
  bool old_first;
};

TEST(GroupDiff, UnHealthyMembersGetSuccessors) {
  const ReplaceRow rows[] = {
      {"below max size", 1, 4, 5, 4, 1, NextStep::kReplace, 1, false},
      {"at max size the old one goes first", 1, 4, 4, 4, 1, NextStep::kReplace, 1, true},
      {"one at a time", 1, 20, 20, 20, 5, NextStep::kReplace, 1, true},
      {"no more than there is room for", 1, 20, 22, 20, 5, NextStep::kReplace, 2, false},
      {"a quarter at a time, rounded up", 1, 9, 20, 9, 9, NextStep::kReplace, 3, false},
      {"exactly a quarter", 1, 8, 20, 8, 8, NextStep::kReplace, 2, false},
      {"at least one", 1, 1, 5, 1, 1, NextStep::kReplace, 1, false},
      {"before launches for desired", 1, 6, 9, 4, 1, NextStep::kReplace, 1, false},
      {"after launches for min size", 5, 6, 9, 4, 1, NextStep::kScaleOut, 2, false},
      {"not those that a surplus takes", 1, 3, 9, 4, 1, NextStep::kScaleIn, 1, false},
      {"those that a surplus leaves", 1, 3, 9, 4, 2, NextStep::kReplace, 1, false},
      {"above max size nobody gets a successor", 1, 5, 5, 6, 2, NextStep::kScaleIn, 1, false},
      {"not in a group that shrinks to nothing", 0, 0, 9, 4, 4, NextStep::kScaleIn, 4, false},
  };
  for (const ReplaceRow& row : rows) {
    SCOPED_TRACE(row.sentence);
    const GroupFacts facts =
        Unhealthy(row.min_size, row.desired, row.max_size, row.members, row.bad);
    ExpectPlan(facts, row.step, row.count);
    EXPECT_EQ(PlanGroup(facts).old_first, row.old_first);
  }
}

TEST(GroupDiff, WhoIsProtectedBusyOrOnItsWayIsNotReplaced) {
  GroupFacts facts = Unhealthy(1, 4, 9, 4, 1);
  facts.members[3].is_protected = true;
  ExpectPlan(facts, NextStep::kNothing, 0);
  EXPECT_EQ(JudgeGroupHealth(facts.members).unhealthy_protected, 1);
  facts = Unhealthy(1, 4, 9, 4, 1);
  facts.members[3].activity_id = ActivityId(3);
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts = Unhealthy(1, 4, 9, 4, 1);
  facts.members[3].life_cycle = LifeCycle::kAttaching;
  facts.members[3].activity_id = ActivityId(3);
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts = Unhealthy(1, 4, 9, 4, 1);
  facts.group.status = GroupStatus::kUnActive;
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts = Unhealthy(1, 4, 9, 4, 1);
  facts.activity_open = true;
  ExpectPlan(facts, NextStep::kNothing, 0);
}

TEST(GroupDiff, WhoIsUnHealthyForLongestIsReplacedFirst) {
  GroupFacts facts = Unhealthy(1, 4, 9, 4, 3);
  EXPECT_EQ(PickReplaced(facts.members, 2),
            (std::vector<InstanceId>{InstanceId("i-3"), InstanceId("i-2")}));
  for (Member& member : facts.members) member.unhealthy_since = kNow;
  EXPECT_EQ(PickReplaced(facts.members, 9),
            (std::vector<InstanceId>{InstanceId("i-1"), InstanceId("i-2"), InstanceId("i-3")}));
}

TEST(GroupDiff, ReplacementAndEverythingElseNeverHoldEachOtherUp) {
  GroupFacts facts = Unhealthy(1, 6, 9, 4, 1);
  facts.group.replacements_not_before = kNow + absl::Seconds(1);
  ExpectPlan(facts, NextStep::kScaleOut, 2);
  facts.group.desired_capacity = 4;
  ExpectPlan(facts, NextStep::kWait, 0);
  EXPECT_EQ(PlanGroup(facts).wake_at, kNow + absl::Seconds(1));
  facts.now += absl::Seconds(1);
  ExpectPlan(facts, NextStep::kReplace, 1);
  // Launches that rest, even those for min size.
  facts.group.retry_not_before = facts.now + absl::Minutes(15);
  facts.group.min_size = facts.group.desired_capacity = 6;
  ExpectPlan(facts, NextStep::kReplace, 1);
}

TEST(GroupDiff, WhileReplacementIsHeldEverythingElseGoesOn) {
  GroupFacts facts = Unhealthy(1, 20, 30, 20, 8);
  for (size_t i = 12; i < 20; ++i) facts.members[i].unhealthy_since = kNow;
  const HealthSituation health = JudgeGroupHealth(facts.members);
  EXPECT_EQ(health, (HealthSituation{.replacement_held = true,
                                     .turned_together = 8,
                                     .in_service = 20,
                                     .unhealthy_protected = 0}));
  ExpectPlan(facts, NextStep::kNothing, 0);
  facts.group.desired_capacity = 25;
  ExpectPlan(facts, NextStep::kScaleOut, 5);
  facts.group.desired_capacity = 18;
  ExpectPlan(facts, NextStep::kScaleIn, 2);
  // Two recover: 6 of 20 is not more than 30 %.
  facts.group.desired_capacity = 20;
  facts.members[12].health = facts.members[13].health = Health::kHealthy;
  ExpectPlan(facts, NextStep::kReplace, 5);
}

TEST(GroupDiff, AReplacementKeepsItsBounds) {
  ForAll([](Random& random) {
    GroupFacts facts{.group = random.Group(), .members = random.Members(20), .now = kNow};
    facts.unresolved_intents = random.Int(0, 3);
    facts.activity_open = random.Chance(5);
    if (random.Chance(10)) facts.group.status = GroupStatus::kUnActive;
    if (random.Chance(10)) facts.group.replacements_not_before = kNow + absl::Seconds(9);
    const GroupPlan plan = PlanGroup(facts);
    if (plan.step != NextStep::kReplace) return;
    EXPECT_FALSE(facts.activity_open);
    EXPECT_EQ(facts.group.status, GroupStatus::kActive);
    EXPECT_FALSE(JudgeGroupHealth(facts.members).replacement_held);
    EXPECT_FALSE(facts.group.replacements_not_before.has_value());
    const std::vector<InstanceId> picked = PickReplaced(facts.members, plan.count);
    EXPECT_EQ(picked.size(), static_cast<size_t>(plan.count));
    int in_service = 0;
    int alive = facts.unresolved_intents;
    for (const Member& member : facts.members) {
      if (member.life_cycle == LifeCycle::kInService) ++in_service;
      if (member.life_cycle != LifeCycle::kDetaching) ++alive;
      if (std::find(picked.begin(), picked.end(), member.instance_id) == picked.end()) continue;
      EXPECT_EQ(member.health, Health::kUnHealthy);
      EXPECT_FALSE(member.is_protected || member.activity_id.has_value());
      EXPECT_EQ(member.life_cycle, LifeCycle::kInService);
    }
    EXPECT_LE(plan.count, std::max(1, (in_service + 3) / 4)) << "I-5";
    if (plan.old_first) {
      EXPECT_EQ(plan.count, 1);
      EXPECT_EQ(alive, facts.group.max_size) << "I-1";
    } else {
      EXPECT_LE(alive + plan.count, facts.group.max_size) << "I-1";
    }
    const auto waiting =
        std::count_if(facts.members.begin(), facts.members.end(), AwaitsReplacement);
    const int surplus = CountedMembers(facts.members) - facts.group.desired_capacity;
    EXPECT_LE(plan.count, waiting - std::max(0, surplus)) << "a surplus takes them";
  });
}

}  // namespace
}  // namespace accordion::domain
