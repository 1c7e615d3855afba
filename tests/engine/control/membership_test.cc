// Attach, detach and changes of load balancers from end to end.
#include <map>
#include <set>

#include "gtest/gtest.h"
#include "tests/engine/control/member_acts.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;
using cloudsim::FaultRule;
using domain::ActivityStatus;
using domain::ActivityType;
using domain::LifeCycle;

FaultRule Always(const char* action) {
  return {
      .action = action, .mode = FaultMode::kError, .count = -1, .http_status = 400, .code = "No"};
}

// ---- attach ----

TEST(Attach, RegistersTheInstancesAndSaysWhoAskedForIt) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  Engine engine(world, 1);
  ASSERT_EQ(Settle(world, key, 1), "");
  const std::vector<std::string> ids = RunInstances(world, 2);
  Attach(world, key, ids);
  ASSERT_EQ(Settle(world, key, 3), "");
  const std::vector<activity::Activity> activities = world.Activities(key);
  ASSERT_EQ(activities.size(), 2u);
  EXPECT_EQ(activities[0].type, ActivityType::kAttach);
  EXPECT_EQ(activities[0].status, ActivityStatus::kSucceeded);
  EXPECT_EQ(activities[0].cause.text, "attached by a user");
  EXPECT_EQ(activities[0].succeeded.size(), 2u);
  EXPECT_EQ(world.Executed("RunInstances").size(), 3u) << "nothing was launched for it";
}

TEST(Attach, WaitsForTheOpenActivityAndJoinsTheRequestsThatWait) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  const std::vector<std::string> ids = RunInstances(world, 3);
  Engine engine(world, 1);
  while (!world.ActivityOpen(key)) world.time.RunFor(absl::Milliseconds(100));
  Attach(world, key, {ids[0], ids[1]}, "one");
  Attach(world, key, {ids[2]}, "two");
  ASSERT_EQ(Settle(world, key, 4), "");
  const std::vector<activity::Activity> activities = world.Activities(key);
  ASSERT_EQ(activities.size(), 2u);
  EXPECT_EQ(activities[0].cause.text, "one; two");
  EXPECT_GE(activities[0].start_time, *activities[1].end_time);
}

TEST(Attach, AndDetachWorkInADisabledGroup) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  Engine engine(world, 1);
  ASSERT_EQ(Settle(world, key, 1), "");
  world.Edit(key, [](domain::ScalingGroup& g) { g.status = domain::GroupStatus::kUnActive; });
  const std::string launched = IdOf(world.Members(key)[0]);
  const std::vector<std::string> ids = RunInstances(world, 1);
  Attach(world, key, ids);
  ASSERT_EQ(Settle(world, key, 2), "");
  Detach(world, key, {launched});
  ASSERT_EQ(Settle(world, key, 1), "");
  EXPECT_TRUE(Runs(world, launched)) << "it is left running, although the group launched it";
  EXPECT_EQ(IdOf(world.Members(key)[0]), ids[0]);
}

TEST(Attach, TakesOverWhatItsUserRegistered) {
  World world;
  const ports::GroupKey key = world.MakeGroup({});
  const std::vector<std::string> ids = RunInstances(world, 1);
  const auto read = world.cloud.Instances(world.account, {0}, {domain::InstanceId(ids[0])});
  const domain::SlbConfig slb = world.Group(key).slb_configs[0];
  for (const int port : {80, 4711}) {
    ASSERT_TRUE(world.cloud
                    .Register(world.account, {.instance_id = domain::InstanceId(ids[0]),
                                              .listener_id = slb.listener_id,
                                              .port = port,
                                              .private_ip = read->front().private_ip,
                                              .network_interface_id = {}})
                    .ok());
  }
  Engine engine(world, 1);
  Attach(world, key, ids);
  world.time.RunFor(absl::Minutes(1));
  EXPECT_EQ(world.Executed("RegisterInstancesWithListener").size(), 3u);
  EXPECT_EQ(RealServers(world).size(), 3u) << "80, 81 and the user's 4711";
  Detach(world, key, ids);
  world.time.RunFor(absl::Minutes(1));
  EXPECT_TRUE(world.Members(key).empty());
  EXPECT_EQ(RealServers(world).size(), 1u) << "the user's own stays";
}

TEST(Attach, AnInstanceThatIsGoneIsReplaced) {
  World world;
  const ports::GroupKey key = world.MakeGroup({});
  const std::vector<std::string> ids = RunInstances(world, 2);
  Attach(world, key, ids);
  ASSERT_TRUE(world.cloud.region()
                  .Kill({.account_id = world.account.value()}, ids[0], world.time.Now())
                  .ok());
  Engine engine(world, 1);
  // Closed and refilled: a failure never changes desired (I-9).
  ASSERT_EQ(Settle(world, key, 2), "");
  const std::vector<activity::Activity> activities = world.Activities(key);
  ASSERT_EQ(activities.size(), 2u);
  EXPECT_EQ(activities[0].type, ActivityType::kScaleOut);
  EXPECT_EQ(activities[1].type, ActivityType::kAttach);
  EXPECT_EQ(activities[1].status, ActivityStatus::kFailed);
  EXPECT_EQ(activities[1].succeeded, std::vector{domain::InstanceId(ids[1])});
  EXPECT_EQ(activities[1].failed, std::vector{domain::InstanceId(ids[0])});
}

TEST(Attach, AFailureIsTriedAgainWhileLaunchesGoOn) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.with_listener = false});
  const std::vector<std::string> ids = RunInstances(world, 1);
  ASSERT_TRUE(world.cloud.region()
                  .ForceState({.account_id = world.account.value()}, ids[0],
                              cloudsim::InstanceState::kStopped, world.time.Now())
                  .ok());
  Engine engine(world, 1);
  Attach(world, key, ids);
  world.time.RunFor(absl::Minutes(5));
  ASSERT_EQ(world.Members(key).size(), 1u);
  EXPECT_EQ(world.Members(key)[0].life_cycle, LifeCycle::kAttaching);
  EXPECT_EQ(world.Activities(key)[0].status, ActivityStatus::kFailed);
  world.SetDesired(key, 3);
  world.time.RunFor(absl::Seconds(30));
  EXPECT_EQ(world.Members(key).size(), 3u) << "it is not in their way";
  ASSERT_TRUE(world.cloud.region()
                  .ForceState({.account_id = world.account.value()}, ids[0],
                              cloudsim::InstanceState::kActive, world.time.Now())
                  .ok());
  EXPECT_EQ(Settle(world, key, 3, absl::Minutes(30)), "");
}

TEST(Attach, OneThatCannotBeRegisteredMayBeDetached) {
  World world;
  const ports::GroupKey key = world.MakeGroup({});
  const std::vector<std::string> ids = RunInstances(world, 1);
  world.SetFaults({Always("RegisterInstancesWithListener")});
  Engine engine(world, 1);
  Attach(world, key, ids);
  while (!world.ActivityOpen(key)) world.time.RunFor(absl::Milliseconds(100));
  world.time.RunFor(absl::Seconds(5));
  ASSERT_TRUE(world.ActivityOpen(key));
  Detach(world, key, ids);  // while its attach is at work
  ASSERT_EQ(Settle(world, key, 0), "");
  EXPECT_TRUE(Runs(world, ids[0]));
  EXPECT_EQ(world.Activities(key)[0].type, ActivityType::kDetach);
  EXPECT_EQ(world.Activities(key)[0].status, ActivityStatus::kSucceeded);
  EXPECT_EQ(world.Activities(key)[1].status, ActivityStatus::kCancelled);
}

// ---- load balancers ----

TEST(LoadBalancers, MembersFollowWithoutAnActivityThatAUserSees) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  Engine engine(world, 1);
  ASSERT_EQ(Settle(world, key, 3), "");
  for (const int listener : {1, 0, -1, 1}) {
    UseListener(world, key, listener);
    ASSERT_EQ(Settle(world, key, 3, absl::Minutes(1)), "") << listener;
  }
  EXPECT_EQ(world.Activities(key).size(), 1u);
  EXPECT_EQ(world.Group(key).membership_changed_at, world.Activities(key)[0].end_time);
}

TEST(LoadBalancers, NoMemberIsWithoutAnEndpointInBetween) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  Engine engine(world, 1);
  ASSERT_EQ(Settle(world, key, 1), "");
  UseListener(world, key, 1);
  ASSERT_EQ(Settle(world, key, 1), "");
  const std::vector<cloudsim::CallRecord> made = world.Executed("RegisterInstancesWithListener");
  const std::vector<cloudsim::CallRecord> gone = world.Executed("DeregisterInstancesFromListener");
  ASSERT_EQ(made.size(), 4u);
  ASSERT_EQ(gone.size(), 2u);
  EXPECT_LT(made.back().sequence, gone.front().sequence);
}

TEST(LoadBalancers, AListenerThatRefusesHoldsNothingElseBack) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  Engine engine(world, 1);
  ASSERT_EQ(Settle(world, key, 1), "");
  world.SetFaults({Always("RegisterInstancesWithListener")});
  UseListener(world, key, 1);
  world.time.RunFor(absl::Minutes(10));
  EXPECT_EQ(RealServers(world).size(), 2u) << "the old ones are kept";
  // Removals go on, deregistered from where the member was registered.
  const ports::GroupKey other = world.MakeGroup({.with_listener = false});
  world.SetDesired(other, 1);
  world.SetDesired(key, 0);
  ASSERT_EQ(world.Settle(key, 0, absl::Minutes(10)), "");
  EXPECT_TRUE(RealServers(world).empty());
  EXPECT_EQ(world.Misdeeds(), "");
}

TEST(LoadBalancers, ScaleInLeavesTheListenersThatTheGroupHasNoMore) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(Settle(world, key, 2), "");
  // Both in one edit: the removal may come before the members are moved.
  world.Edit(key, [](domain::ScalingGroup& group) {
    group.slb_configs.clear();
    group.desired_capacity = 0;
  });
  ASSERT_EQ(Settle(world, key, 0), "");
  EXPECT_EQ(world.Misdeeds(), "");
}

}  // namespace
}  // namespace accordion::control
