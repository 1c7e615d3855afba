#include "engine/domain/removal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

ScalingGroup Group(RemovePolicy policy, SubnetStrategy strategy = SubnetStrategy::kChoiceFirst) {
  ScalingGroup group = MakeGroup(0, 0, 10);
  group.remove_policy = policy;
  group.subnet_strategy = strategy;
  return group;
}

std::string Victims(const ScalingGroup& group, const std::vector<Member>& members, int count) {
  std::string victims;
  for (const InstanceId& id : PickVictims(group, members, count).victims) {
    if (!victims.empty()) victims += " ";
    victims += id.value();
  }
  return victims;
}

TEST(Removal, OnlyIdleUnprotectedMembersInServiceAreCandidates) {
  EXPECT_TRUE(IsRemovable(MakeMember("m")));
  for (LifeCycle life_cycle : {LifeCycle::kPending, LifeCycle::kAttaching, LifeCycle::kDetaching,
                               LifeCycle::kTerminating, LifeCycle::kClosed}) {
    Member member = MakeMember("m");
    member.life_cycle = life_cycle;
    EXPECT_FALSE(IsRemovable(member));
  }
  Member protected_member = MakeMember("m");
  protected_member.is_protected = true;
  EXPECT_FALSE(IsRemovable(protected_member));
  Member busy = MakeMember("m");
  busy.activity_id = ActivityId(1);
  EXPECT_FALSE(IsRemovable(busy));
  Member unhealthy = MakeMember("m");
  unhealthy.health = Health::kUnHealthy;
  EXPECT_TRUE(IsRemovable(unhealthy));
}

TEST(Removal, OldestOrNewestByAddTimeTiesById) {
  const std::vector<Member> members = {MakeMember("c", "a", 5), MakeMember("b", "a", 9),
                                       MakeMember("a", "a", 5), MakeMember("d", "a", 1)};
  EXPECT_EQ(Victims(Group(RemovePolicy::kOldestInstance), members, 3), "b a c");
  EXPECT_EQ(Victims(Group(RemovePolicy::kNewestInstance), members, 3), "d a c");
}

TEST(Removal, UnHealthyMembersGoFirst) {
  std::vector<Member> members = MakeMembers(3);
  members[2].health = Health::kUnHealthy;
  EXPECT_EQ(Victims(Group(RemovePolicy::kOldestInstance), members, 2), "i-2 i-0");
  // Even from a smaller subnet.
  members[2].subnet_id = SubnetId("b");
  EXPECT_EQ(Victims(Group(RemovePolicy::kOldestInstance, SubnetStrategy::kBalancedDistribution),
                    members, 2),
            "i-2 i-0");
}

TEST(Removal, BalancedChoosesInsideTheFullestSubnet) {
  const std::vector<Member> members = {MakeMember("a1", "a", 1), MakeMember("a2", "a", 2),
                                       MakeMember("a3", "a", 3), MakeMember("b1", "b", 9),
                                       MakeMember("b2", "b", 8)};
  const auto balanced = SubnetStrategy::kBalancedDistribution;
  EXPECT_EQ(Victims(Group(RemovePolicy::kOldestInstance, balanced), members, 4), "a3 b1 a2 b2");
  EXPECT_EQ(Victims(Group(RemovePolicy::kOldestInstance), members, 4), "b1 b2 a3 a2");
}

TEST(Removal, MembersOnTheirWayOutDoNotHoldTheBalance) {
  std::vector<Member> members = {MakeMember("a1", "a", 1), MakeMember("a2", "a", 1),
                                 MakeMember("a3", "a", 1), MakeMember("b1", "b", 2),
                                 MakeMember("b2", "b", 3)};
  members[1].life_cycle = LifeCycle::kTerminating;
  members[2].life_cycle = LifeCycle::kDetaching;
  EXPECT_EQ(Victims(Group(RemovePolicy::kOldestInstance, SubnetStrategy::kBalancedDistribution),
                    members, 1),
            "b2");
}

TEST(Removal, TheProtectedArePassedOverAndCounted) {
  std::vector<Member> members = MakeMembers(4);
  members[0].is_protected = true;
  members[1].is_protected = true;
  members[2].life_cycle = LifeCycle::kPending;
  const RemovalPlan plan = PickVictims(Group(RemovePolicy::kOldestInstance), members, 3);
  EXPECT_EQ(plan.victims, std::vector<InstanceId>{InstanceId("i-3")});
  EXPECT_EQ(plan.is_protected, 2);
  EXPECT_EQ(plan.shortfall, 2);
}

TEST(Removal, AskedForNothingPicksNobody) {
  const RemovalPlan plan = PickVictims(Group(RemovePolicy::kOldestInstance), MakeMembers(3), 0);
  EXPECT_TRUE(plan.victims.empty());
  EXPECT_EQ(plan.shortfall, 0);
}

const Member& Find(const std::vector<Member>& members, const InstanceId& id) {
  return *std::find_if(members.begin(), members.end(),
                       [&](const Member& member) { return member.instance_id == id; });
}

TEST(Removal, NeverPicksAProtectedOrBusyMemberAndNobodyTwice) {
  ForAll([](Random& random) {
    const ScalingGroup group = random.Group();
    const std::vector<Member> members = random.Members(12);
    const int count = random.Int(0, 12);
    const RemovalPlan plan = PickVictims(group, members, count);
    const auto removable = std::count_if(members.begin(), members.end(), IsRemovable);
    EXPECT_EQ(static_cast<int>(plan.victims.size()),
              std::min<int>(count, static_cast<int>(removable)));
    EXPECT_EQ(static_cast<int>(plan.victims.size()) + plan.shortfall, count);
    std::map<InstanceId, int> picked;
    for (const InstanceId& id : plan.victims) {
      EXPECT_EQ(++picked[id], 1);
      EXPECT_TRUE(IsRemovable(Find(members, id)));
    }
  });
}

TEST(Removal, EveryVictimIsRightAmongTheCandidatesThatRemain) {
  ForAll([](Random& random) {
    const ScalingGroup group = random.Group();
    std::vector<Member> members = random.Members(12);
    const RemovalPlan plan = PickVictims(group, members, random.Int(0, 12));
    const bool balanced = group.subnet_strategy == SubnetStrategy::kBalancedDistribution;
    const bool oldest = group.remove_policy == RemovePolicy::kOldestInstance;
    for (const InstanceId& id : plan.victims) {
      std::map<SubnetId, int> sizes;
      for (const Member& member : members) {
        sizes[member.subnet_id] += CountedMembers({&member, 1});
      }
      const Member victim = Find(members, id);
      for (const Member& other : members) {
        if (!IsRemovable(other) || other.instance_id == id) continue;
        if (other.health == Health::kUnHealthy) {
          EXPECT_EQ(victim.health, Health::kUnHealthy);
        }
        if (other.health != victim.health) continue;
        if (balanced) {
          EXPECT_GE(sizes[victim.subnet_id], sizes[other.subnet_id]);
        }
        if (balanced && sizes[victim.subnet_id] != sizes[other.subnet_id]) continue;
        EXPECT_TRUE(oldest ? victim.add_time <= other.add_time : victim.add_time >= other.add_time);
        if (victim.add_time == other.add_time) {
          EXPECT_LT(victim.instance_id, other.instance_id);
        }
      }
      members.erase(std::find_if(members.begin(), members.end(),
                                 [&](const Member& member) { return member.instance_id == id; }));
    }
  });
}

}  // namespace
}  // namespace accordion::domain
