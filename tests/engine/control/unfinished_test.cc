// What an activity could not end is taken up after it: removals, and launches of unknown outcome.
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;
using cloudsim::FaultRule;

const absl::Duration kPastTheDeadline =
    domain::kActivityDeadline + activity::StepSettings().cleanup_grace + absl::Minutes(3);

FaultRule Always(const char* action) {
  return {.action = action, .mode = FaultMode::kError, .count = -1};
}

TEST(Unfinished, ARemovalThatMissedItsDeadlineGoesOn) {
  for (const bool disabled : {false, true}) {
    SCOPED_TRACE(disabled ? "disabled" : "enabled");
    World world;
    const ports::GroupKey key = world.MakeGroup({.desired = 3});
    Engine engine(world, 1);
    ASSERT_EQ(world.Settle(key, 3), "");
    world.SetFaults({Always("TerminateInstances")});
    world.SetDesired(key, 2);
    world.time.RunFor(absl::Minutes(1));
    if (disabled) {
      world.Edit(key, [](domain::ScalingGroup& g) { g.status = domain::GroupStatus::kUnActive; });
    }
    world.time.RunFor(kPastTheDeadline);
    const activity::Activity ended =
        world.Activities(key).size() > 2 ? world.Activities(key)[1] : world.Activities(key)[0];
    EXPECT_EQ(ended.status, domain::ActivityStatus::kFailed);
    EXPECT_EQ(world.Instances(key).size(), 3u);
    world.SetFaults({});
    EXPECT_EQ(world.Settle(key, 2, absl::Minutes(30)), "");
    const std::vector<activity::Activity> activities = world.Activities(key);
    EXPECT_EQ(activities[0].type, domain::ActivityType::kScaleIn);
    EXPECT_EQ(activities[0].cause.text,
              activity::RemovalContinuedCause(activity::Language::kEnglish));
    EXPECT_EQ(activities[0].status, domain::ActivityStatus::kSucceeded);
    EXPECT_GE(activities[0].start_time, *activities[1].end_time + domain::kGroupBackoffMin);
    EXPECT_EQ(world.Misdeeds(), "");
  }
}

TEST(Unfinished, AnUndoneLaunchThatMissedItsDeadlineGoesOn) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  world.SetFaults(
      {{.action = "RunInstances", .mode = FaultMode::kBootError}, Always("TerminateInstances")});
  Engine engine(world, 1);
  world.time.RunFor(kPastTheDeadline);
  world.SetFaults({});
  EXPECT_EQ(world.Settle(key, 1, absl::Minutes(30)), "");
  EXPECT_EQ(world.Misdeeds(), "");
}

// A launch whose outcome stays unknown until its activity's deadline.
struct Quarantined {
  explicit Quarantined(FaultMode fate) {
    world.SetFaults({{.action = "RunInstances", .mode = fate}, Always("DescribeInstances")});
    key = world.MakeGroup({.desired = 1});
    engine = std::make_unique<Engine>(world, 1);
    world.time.RunFor(domain::kActivityDeadline + absl::Minutes(10));
    EXPECT_FALSE(world.ActivityOpen(key));
    EXPECT_EQ(world.UnresolvedIntents(key), 1);
    EXPECT_EQ(world.Activities(key).size(), 1u);
    EXPECT_EQ(world.Activities(key)[0].error_code, 1009);
  }

  World world;
  ports::GroupKey key;
  std::unique_ptr<Engine> engine;
};

TEST(Unfinished, ALateArrivalIsTerminatedAndReplaced) {
  Quarantined after(FaultMode::kAcceptThenTimeout);
  World& world = after.world;
  ASSERT_EQ(world.Instances(after.key).size(), 1u);
  const std::string late = world.Instances(after.key)[0];
  world.SetFaults({});
  EXPECT_EQ(world.Settle(after.key, 1, absl::Minutes(30)), "");
  EXPECT_NE(world.Instances(after.key)[0], late);
  const std::vector<cloudsim::CallRecord> terminated = world.Executed("TerminateInstances");
  ASSERT_EQ(terminated.size(), 1u);
  EXPECT_EQ(terminated[0].effects[0].instance_id, late);
  // History is exact: the ended activity did not get it.
  EXPECT_TRUE(world.Activities(after.key).back().succeeded.empty());
  EXPECT_EQ(world.Misdeeds(), "");
}

TEST(Unfinished, ALaunchThatNeverArrivedIsAbandonedAndReplaced) {
  Quarantined after(FaultMode::kHoldBefore);
  World& world = after.world;
  world.SetFaults({});
  // Three complete look-ups, and the horizon has passed long ago; not before.
  world.time.RunFor(absl::Seconds(90));
  EXPECT_EQ(world.UnresolvedIntents(after.key), 1);
  EXPECT_EQ(world.Settle(after.key, 1, absl::Minutes(30)), "");
  EXPECT_EQ(world.Executed("RunInstances").size(), 1u);
}

TEST(Unfinished, NothingIsLaunchedInItsPlaceWhileLookUpsFail) {
  Quarantined after(FaultMode::kAcceptThenTimeout);
  World& world = after.world;
  world.time.RunFor(absl::Hours(2));
  EXPECT_EQ(world.Executed("RunInstances").size(), 1u);
  EXPECT_EQ(world.UnresolvedIntents(after.key), 1);
}

TEST(Unfinished, TheResolverSurvivesARestart) {
  for (const FaultMode fate : {FaultMode::kAcceptThenTimeout, FaultMode::kHoldBefore}) {
    Quarantined after(fate);
    after.engine->Kill();
    after.world.SetFaults({});
    Engine second(after.world, 2);
    EXPECT_EQ(after.world.Settle(after.key, 1, absl::Minutes(30)), "");
    EXPECT_EQ(after.world.Misdeeds(), "");
  }
}

}  // namespace
}  // namespace accordion::control
