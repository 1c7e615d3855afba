#include <map>
#include <set>

#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;

std::map<std::string, int> CountBySubnet(const std::vector<domain::Member>& members) {
  std::map<std::string, int> counts;
  for (const domain::Member& member : members) ++counts[member.subnet_id.value()];
  return counts;
}

TEST(ScaleOut, ReconcilesAGroupToDesired) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  Engine engine(world, 1);
  EXPECT_EQ(world.Settle(key, 3), "");
  const std::vector<activity::Activity> activities = world.Activities(key);
  ASSERT_EQ(activities.size(), 1u);
  EXPECT_EQ(activities[0].type, domain::ActivityType::kScaleOut);
  EXPECT_EQ(activities[0].status, domain::ActivityStatus::kSucceeded);
  EXPECT_EQ(activities[0].cause.text, "created");
  EXPECT_EQ(activities[0].succeeded.size(), 3u);

  world.SetDesired(key, 5);
  EXPECT_EQ(world.Settle(key, 5), "");
  world.SetDesired(key, 1);
  EXPECT_EQ(world.Settle(key, 1), "");
  EXPECT_EQ(world.Misdeeds(), "");
}

TEST(ScaleOut, BalancesOverSubnets) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 5});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 5), "");
  const std::vector<cloudsim::SubnetSpec>& subnets = world.cloud.region().spec().subnets;
  const std::map<std::string, int> expected = {{subnets[0].id, 3}, {subnets[1].id, 2}};
  EXPECT_EQ(CountBySubnet(world.Members(key)), expected);
}

TEST(ScaleOut, TypeOrderIsKept) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 4, .instance_types = {"N3.2B", "N3.1A"}});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 4), "");
  for (const domain::Member& member : world.Members(key)) {
    EXPECT_EQ(member.instance_type, "N3.2B");
  }
}

TEST(ScaleOut, StockOutMovesToTheNextPair) {
  World world;
  const cloudsim::RegionSpec& spec = world.cloud.region().spec();
  ASSERT_TRUE(world.cloud.region().SetStock("N3.1A", spec.subnets[0].zone, 0).ok());
  const ports::GroupKey key = world.MakeGroup({.desired = 4, .instance_types = {"N3.1A", "N3.2B"}});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 4), "");
  // Within the same activity, and balanced all the same.
  EXPECT_EQ(world.Activities(key).size(), 1u);
  const std::map<std::string, int> balanced = {{spec.subnets[0].id, 2}, {spec.subnets[1].id, 2}};
  EXPECT_EQ(CountBySubnet(world.Members(key)), balanced);
  for (const domain::Member& member : world.Members(key)) {
    EXPECT_EQ(member.instance_type,
              member.subnet_id.value() == spec.subnets[0].id ? "N3.2B" : "N3.1A");
  }
}

TEST(ScaleOut, AFullyStockedOutGroupFailsAndTriesAgain) {
  World world;
  const cloudsim::RegionSpec& spec = world.cloud.region().spec();
  for (const int i : {0, 1}) {
    ASSERT_TRUE(world.cloud.region().SetStock("N3.1A", spec.subnets[i].zone, 0).ok());
  }
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  world.time.RunFor(absl::Seconds(10));
  ASSERT_FALSE(world.Activities(key).empty());
  EXPECT_EQ(world.Activities(key).back().status, domain::ActivityStatus::kFailed);
  EXPECT_EQ(world.Activities(key).back().error_code, 1001);
  for (const int i : {0, 1}) {
    ASSERT_TRUE(world.cloud.region().SetStock("N3.1A", spec.subnets[i].zone, 9).ok());
  }
  EXPECT_EQ(world.Settle(key, 2, absl::Minutes(20)), "");
}

TEST(ScaleOut, MembersOfAnotherProjectAreFoundAndRemoved) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2, .project_id = 101});
  world.SetFaults({{.action = "RunInstances", .mode = FaultMode::kAcceptThenTimeout}});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  for (const domain::Member& member : world.Members(key)) EXPECT_EQ(member.project_id, 101);
  world.SetDesired(key, 0);
  EXPECT_EQ(world.Settle(key, 0), "");
  EXPECT_TRUE(world.Instances(key).empty());
}

struct LostAnswerRow {
  const char* sentence;
  cloudsim::FaultRule fault;
  size_t executed;  // RunInstances that took effect
};

TEST(ScaleOut, AdoptsAnInstanceWhoseAnswerWasLost) {
  const LostAnswerRow rows[] = {
      {"executed and never answered", {.mode = FaultMode::kAcceptThenTimeout}, 1},
      {"executed and answered 500", {.mode = FaultMode::kErrorAfterExecute}, 1},
      {"answered 500 and not executed", {.mode = FaultMode::kError}, 1},
      {"arrives late", {.mode = FaultMode::kDelayBefore, .delay = absl::Seconds(30)}, 1},
      {"arrives after the signature's window",
       {.mode = FaultMode::kDelayBefore, .delay = absl::Seconds(70)},
       1},
      {"lost on the way", {.mode = FaultMode::kHoldBefore}, 1},
  };
  for (const LostAnswerRow& row : rows) {
    SCOPED_TRACE(row.sentence);
    World world;
    cloudsim::FaultRule fault = row.fault;
    fault.action = "RunInstances";
    world.SetFaults({fault});
    const ports::GroupKey key = world.MakeGroup({.desired = 1});
    Engine engine(world, 1);
    EXPECT_EQ(world.Settle(key, 1), "");
    world.time.RunFor(absl::Minutes(10));
    EXPECT_EQ(world.Unrest(key, 1), "");
    EXPECT_EQ(world.Executed("RunInstances").size(), row.executed);
    EXPECT_EQ(world.Misdeeds(), "");
  }
}

TEST(ScaleOut, NeverSendsAnIntentTwice) {
  const FaultMode modes[] = {
      FaultMode::kAcceptThenTimeout, FaultMode::kErrorAfterExecute, FaultMode::kError,
      FaultMode::kDelayBefore,       FaultMode::kHoldBefore,        FaultMode::kBootError};
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    World world;
    base::SeededRng random(seed);
    std::vector<cloudsim::FaultRule> faults;
    for (int i = 0; i < 6; ++i) {
      faults.push_back({.action = "RunInstances",
                        .mode = modes[base::UniformBelow(random, std::size(modes))],
                        .delay = absl::Seconds(base::UniformBelow(random, 90))});
    }
    world.SetFaults(faults);
    const ports::GroupKey key = world.MakeGroup({.desired = 5});
    Engine engine(world, seed);
    EXPECT_EQ(world.Settle(key, 5, absl::Minutes(30)), "");
    world.time.RunFor(absl::Minutes(5));
    EXPECT_EQ(world.Unrest(key, 5), "");
    EXPECT_EQ(world.Misdeeds(), "");
  }
}

TEST(ScaleOut, ARegistrationWhoseAnswerWasLostIsNotMadeTwice) {
  for (const FaultMode mode : {FaultMode::kAcceptThenTimeout, FaultMode::kErrorAfterExecute}) {
    World world;
    world.SetFaults({{.action = "RegisterInstancesWithListener", .mode = mode, .count = 2}});
    const ports::GroupKey key = world.MakeGroup({.desired = 2});
    Engine engine(world, 1);
    EXPECT_EQ(world.Settle(key, 2), "");
    EXPECT_EQ(world.Executed("RegisterInstancesWithListener").size(), 4u);
  }
}

TEST(ScaleOut, AnInstanceThatDoesNotComeUpIsTerminated) {
  for (const FaultMode mode : {FaultMode::kBootError, FaultMode::kBootHang}) {
    World world;
    world.SetFaults({{.action = "RunInstances", .mode = mode}});
    const ports::GroupKey key = world.MakeGroup({.desired = 2});
    Engine engine(world, 1);
    EXPECT_EQ(world.Settle(key, 2, absl::Minutes(30)), "");
    const std::vector<activity::Activity> activities = world.Activities(key);
    EXPECT_EQ(activities.back().status, domain::ActivityStatus::kFailed);
    EXPECT_EQ(activities.back().succeeded.size(), 1u);
    EXPECT_EQ(activities.back().failed.size(), 1u);
    EXPECT_EQ(world.Misdeeds(), "");
  }
}

TEST(ScaleOut, DisableCancelsWhatHasSentNothing) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  world.cloud.SetUnreachable(true);
  Engine engine(world, 1);
  world.time.RunFor(absl::Seconds(3));
  ASSERT_TRUE(world.ActivityOpen(key));
  world.Edit(key, [](domain::ScalingGroup& g) { g.status = domain::GroupStatus::kUnActive; });
  world.time.RunFor(absl::Minutes(2));
  ASSERT_EQ(world.Activities(key).size(), 1u);
  EXPECT_EQ(world.Activities(key)[0].status, domain::ActivityStatus::kCancelled);
  world.cloud.SetUnreachable(false);
  world.time.RunFor(absl::Minutes(10));
  EXPECT_EQ(world.Unrest(key, 0), "");
  EXPECT_TRUE(world.Executed("RunInstances").empty());
  world.Edit(key, [](domain::ScalingGroup& g) { g.status = domain::GroupStatus::kActive; });
  EXPECT_EQ(world.Settle(key, 3), "");
}

TEST(ScaleOut, LoweredDesiredCancelsUnsent) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 5});
  world.cloud.SetUnreachable(true);
  Engine engine(world, 1);
  world.time.RunFor(absl::Seconds(3));
  world.SetDesired(key, 2);
  world.time.RunFor(absl::Seconds(5));
  world.cloud.SetUnreachable(false);
  EXPECT_EQ(world.Settle(key, 2), "");
  EXPECT_EQ(world.Executed("RunInstances").size(), 2u);
  EXPECT_TRUE(world.Executed("TerminateInstances").empty());
}

TEST(ScaleOut, OutboxRowInTheTerminalCommit) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  world.store.Subscribe(key, {1, 4});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  world.SetDesired(key, 0);
  ASSERT_EQ(world.Settle(key, 0), "");
  std::vector<ports::OutboxEvent> events;
  ASSERT_TRUE(world.store
                  .Read([&](ports::Tx& tx) {
                    const absl::StatusOr<std::vector<ports::OutboxEvent>> pending =
                        tx.outbox().Pending(10);
                    if (pending.ok()) events = *pending;
                    return pending.status();
                  })
                  .ok());
  ASSERT_EQ(events.size(), 1u);  // a successful scale-in is of a type that isn't subscribed
  EXPECT_EQ(events[0].notification_type, 1);
  EXPECT_EQ(events[0].activity_id, world.Activities(key).back().id);
  EXPECT_EQ(events[0].created_at, world.Activities(key).back().end_time);
}

}  // namespace
}  // namespace accordion::control
