#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

void Protect(World& world, const ports::GroupKey& key, std::vector<domain::InstanceId> ids) {
  const absl::Status done = world.store.Transact(
      [&](ports::Tx& tx) { return tx.members().Protect(key, ids, true).status(); });
  ASSERT_TRUE(done.ok()) << done;
}

TEST(ScaleIn, DeregistersBeforeItTerminates) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 3), "");
  world.SetDesired(key, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  const std::vector<cloudsim::CallRecord> deregistered =
      world.Executed("DeregisterInstancesFromListener");
  const std::vector<cloudsim::CallRecord> terminated = world.Executed("TerminateInstances");
  ASSERT_EQ(deregistered.size(), 4u);  // two members at two ports
  ASSERT_EQ(terminated.size(), 2u);
  // Both drained for the whole drain time.
  EXPECT_GE(terminated[0].executed_at, deregistered[1].executed_at + TestSettings().steps.drain);
  EXPECT_EQ(world.Misdeeds(), "");
  EXPECT_EQ(world.Activities(key)[0].type, domain::ActivityType::kScaleIn);
  EXPECT_EQ(world.Activities(key)[0].status, domain::ActivityStatus::kSucceeded);
}

TEST(ScaleIn, TheOldestGoFirst) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2, .subnets = 1});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  const std::vector<domain::Member> old = world.Members(key);
  world.SetDesired(key, 4);
  ASSERT_EQ(world.Settle(key, 4), "");
  world.SetDesired(key, 2);
  ASSERT_EQ(world.Settle(key, 2), "");
  for (const domain::Member& left : world.Members(key)) {
    for (const domain::Member& gone : old) EXPECT_NE(left.instance_id, gone.instance_id);
  }
}

TEST(ScaleIn, ProtectedMembersAreKept) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 3), "");
  const std::vector<domain::Member> members = world.Members(key);
  Protect(world, key, {members[0].instance_id, members[1].instance_id});
  world.SetDesired(key, 0);
  ASSERT_EQ(world.Settle(key, 2), "");
  world.time.RunFor(absl::Minutes(10));
  EXPECT_EQ(world.Unrest(key, 2), "");
  EXPECT_EQ(world.Group(key).desired_capacity, 0);
  // Said once, by the activity that passed them over.
  EXPECT_EQ(world.Activities(key).size(), 2u);
}

TEST(ScaleIn, ManualMembersAreLetGoAndLeftRunning) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  ASSERT_TRUE(world.store
                  .Transact([&](ports::Tx& tx) -> absl::Status {
                    absl::StatusOr<domain::Member> member =
                        tx.members().Lock(key, world.cloud.region().fleet().List().empty()
                                                   ? domain::InstanceId()
                                                   : domain::InstanceId(world.Instances(key)[0]));
                    if (!member.ok()) return member.status();
                    member->creation_type = domain::CreationType::kManual;
                    return tx.members().Update(*member);
                  })
                  .ok());
  world.SetDesired(key, 0);
  world.time.RunFor(absl::Minutes(2));
  EXPECT_TRUE(world.Members(key).empty());
  EXPECT_EQ(world.Instances(key).size(), 1u);
  EXPECT_EQ(world.Executed("DeregisterInstancesFromListener").size(), 2u);
  EXPECT_TRUE(world.Executed("TerminateInstances").empty());
}

}  // namespace
}  // namespace accordion::control
