#include "engine/domain/membership_rules.h"

#include <gtest/gtest.h>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

using Kind = MembershipFault::Kind;

ScalingGroup Group(int min_size = 1, int desired = 2, int max_size = 4) {
  ScalingGroup group = MakeGroup(min_size, desired, max_size);
  group.vpc_id = "vpc";
  return group;
}

AttachCandidate Candidate(const std::string& id, const std::string& subnet = "b") {
  return {.instance_id = InstanceId(id),
          .vpc_id = "vpc",
          .subnet_id = SubnetId(subnet),
          .running = true};
}

MembershipFault Of(Kind kind, const std::string& id) {
  return {.kind = kind, .instance_id = InstanceId(id)};
}

MembershipFault Range(Kind kind, int capacity, int limit) {
  return {.kind = kind, .instance_id = {}, .capacity = capacity, .limit = limit};
}

TEST(CheckAttach, TakesRunningInstancesOfTheGroupsSubnetsUpToMaxSize) {
  EXPECT_EQ(CheckAttach(Group(), {Candidate("i"), Candidate("j", "a")}), std::nullopt);
  EXPECT_EQ(CheckAttach(Group(), {Candidate("i"), Candidate("j"), Candidate("k")}),
            Range(Kind::kAboveMaxSize, 5, 4));
}

TEST(CheckAttach, RefusesWhatIsElsewhereStoppedOrNamedTwice) {
  EXPECT_EQ(CheckAttach(Group(), {Candidate("i"), Candidate("j", "c")}), Of(Kind::kElsewhere, "j"));
  AttachCandidate other = Candidate("j");
  other.vpc_id = "other";
  EXPECT_EQ(CheckAttach(Group(), {Candidate("i"), other}), Of(Kind::kElsewhere, "j"));
  AttachCandidate stopped = Candidate("j");
  stopped.running = false;
  EXPECT_EQ(CheckAttach(Group(), {Candidate("i"), stopped}), Of(Kind::kNotRunning, "j"));
  EXPECT_EQ(CheckAttach(Group(), {stopped, other}), Of(Kind::kRepeated, "j"));
  // A wrong parameter before a state, a state before the range.
  EXPECT_EQ(CheckAttach(Group(), {stopped, Candidate("i", "c")}), Of(Kind::kElsewhere, "i"));
  EXPECT_EQ(CheckAttach(Group(1, 4, 4), {stopped}), Of(Kind::kNotRunning, "j"));
}

TEST(CheckDetach, LetsMembersGoDownToMinSize) {
  EXPECT_EQ(CheckDetach(Group(), MakeMembers(2), {InstanceId("i-1")}), std::nullopt);
  EXPECT_EQ(CheckDetach(Group(), MakeMembers(2), {InstanceId("i-1"), InstanceId("i-0")}),
            Range(Kind::kBelowMinSize, 0, 1));
}

TEST(CheckDetach, RefusesStrangersProtectedBusyAndRepeatedOnes) {
  std::vector<Member> members = MakeMembers(4);
  EXPECT_EQ(CheckDetach(Group(), members, {InstanceId("i-0"), InstanceId("i-9")}),
            Of(Kind::kUnknown, "i-9"));
  EXPECT_EQ(CheckDetach(Group(), members, {InstanceId("i-0"), InstanceId("i-0")}),
            Of(Kind::kRepeated, "i-0"));
  members[1].is_protected = true;
  EXPECT_EQ(CheckDetach(Group(), members, {InstanceId("i-1")}), Of(Kind::kProtected, "i-1"));
  for (const LifeCycle busy :
       {LifeCycle::kPending, LifeCycle::kDetaching, LifeCycle::kTerminating}) {
    members[2].life_cycle = busy;
    EXPECT_EQ(CheckDetach(Group(), members, {InstanceId("i-2")}), Of(Kind::kBusy, "i-2"));
  }
}

TEST(CheckDetach, TakesAMemberFromAnAttachOrARegistration) {
  std::vector<Member> members = MakeMembers(2);
  members[0].life_cycle = LifeCycle::kAttaching;
  for (Member& member : members) member.activity_id = ActivityId(3);
  EXPECT_EQ(CheckDetach(Group(), members, {InstanceId("i-0")}), std::nullopt);
  EXPECT_EQ(CheckDetach(Group(0), members, {InstanceId("i-1")}), std::nullopt);
}

TEST(CheckDetach, LeavesMinSizeInServiceAndHealthy) {
  // Desired is 3 and may fall to 2, but only two serve.
  std::vector<Member> members = MakeMembers(4);
  members[2].life_cycle = LifeCycle::kPending;
  members[3].health = Health::kUnHealthy;
  const ScalingGroup group = Group(2, 3, 4);
  EXPECT_EQ(CheckDetach(group, members, {InstanceId("i-0")}), Range(Kind::kTooFewServe, 1, 2));
  // One that serves nobody takes nothing from that, even where too few serve already.
  EXPECT_EQ(CheckDetach(group, members, {InstanceId("i-3")}), std::nullopt);
  members[1].health = Health::kUnHealthy;
  EXPECT_EQ(CheckDetach(group, members, {InstanceId("i-1")}), std::nullopt);
}

}  // namespace
}  // namespace accordion::domain
