// Every single crash: a scenario is run once to count its boundaries, then once for each of them.
#include <functional>
#include <set>

#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;

struct Scenario {
  std::vector<cloudsim::FaultRule> faults;
  int before = 0;  // the group rests here first
  int after = 0;
  bool with_addresses = false;
};

constexpr absl::Duration kPatience = absl::Minutes(10);

// Runs the scenario with a death at boundary `die_at` of the step from `before` to `after` (0:
// none). Returns the boundaries that the step came to.
int Run(const Scenario& scenario, int die_at) {
  World world;
  GroupOptions options{.desired = scenario.before};
  if (scenario.with_addresses) options.address_project = 0;
  const ports::GroupKey key = world.MakeGroup(options);
  world.store.Subscribe(key, {1, 2, 3, 4});
  Engine first(world, 1);
  EXPECT_EQ(world.Settle(key, scenario.before), "");
  world.SetFaults(scenario.faults);
  world.SetDesired(key, scenario.after);
  const int start = first.lifeline.passed();
  if (die_at > 0) first.lifeline.DieAt(start + die_at);
  std::unique_ptr<Engine> second;
  const absl::Time end = world.time.Now() + kPatience;
  while (world.time.Now() < end && !world.Unrest(key, scenario.after).empty()) {
    world.time.RunFor(absl::Seconds(1));
    if (first.lifeline.dead() && second == nullptr) second = std::make_unique<Engine>(world, 2);
  }
  const int boundaries = first.lifeline.passed() - start;
  EXPECT_EQ(first.lifeline.dead(), die_at > 0) << "it never came to the boundary";
  // Nothing late comes up either.
  world.time.RunFor(absl::Minutes(3));
  EXPECT_EQ(world.Unrest(key, scenario.after), "") << "died " << first.lifeline.died_at();
  EXPECT_EQ(world.Misdeeds(), "") << "died " << first.lifeline.died_at();
  // One announcement an activity, and no activity is announced twice.
  std::set<int64_t> announced;
  EXPECT_TRUE(world.store
                  .Read([&](ports::Tx& tx) {
                    const auto pending = tx.outbox().Pending(100);
                    if (!pending.ok()) return pending.status();
                    for (const ports::OutboxEvent& event : *pending) {
                      EXPECT_TRUE(announced.insert(event.activity_id.value()).second);
                    }
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(announced.size(), world.Activities(key).size());
  return boundaries;
}

void CrashEverywhere(const Scenario& scenario) {
  const int boundaries = Run(scenario, 0);
  ASSERT_GT(boundaries, 20);
  for (int die_at = 1; die_at <= boundaries && !::testing::Test::HasFailure(); ++die_at) {
    SCOPED_TRACE(absl::StrCat("boundary ", die_at, " of ", boundaries));
    Run(scenario, die_at);
  }
  ::testing::Test::RecordProperty("boundaries", boundaries);
}

TEST(Crash, AtEachBoundaryOfAScaleOutBy5ConvergesWithNothingLeftOver) {
  CrashEverywhere({.faults = {}, .before = 0, .after = 5});
}

TEST(Crash, AtEachBoundaryOfAScaleInBy3ConvergesWithNothingLeftOver) {
  CrashEverywhere({.faults = {}, .before = 4, .after = 1});
}

TEST(Crash, AtEachBoundaryOfALaunchWhoseAnswersAreLost) {
  CrashEverywhere({.faults = {{.action = "RunInstances", .mode = FaultMode::kAcceptThenTimeout},
                              {.action = "RunInstances", .mode = FaultMode::kHoldBefore},
                              {.action = "RegisterInstancesWithListener",
                               .mode = FaultMode::kErrorAfterExecute}},
                   .before = 0,
                   .after = 2});
}

TEST(Crash, AtEachBoundaryOfALaunchThatIsUndone) {
  CrashEverywhere({.faults = {{.action = "RunInstances", .mode = FaultMode::kBootError}},
                   .before = 0,
                   .after = 2});
}

TEST(Crash, AtEachBoundaryOfAScaleOutThatBuysAddresses) {
  CrashEverywhere({.faults = {}, .before = 0, .after = 3, .with_addresses = true});
}

TEST(Crash, AtEachBoundaryOfAScaleInLeavesNoAddressThatWasBought) {
  CrashEverywhere({.faults = {}, .before = 4, .after = 1, .with_addresses = true});
}

TEST(Crash, AtEachBoundaryOfALostLaunchThatBuysAnAddress) {
  CrashEverywhere({.faults = {{.action = "RunInstances", .mode = FaultMode::kAcceptThenTimeout},
                              {.action = "ReleaseAddress", .mode = FaultMode::kErrorAfterExecute}},
                   .before = 0,
                   .after = 2,
                   .with_addresses = true});
}

TEST(Crash, AtEachBoundaryOfAnUndoneLaunchLeavesNoAddressThatWasBought) {
  CrashEverywhere({.faults = {{.action = "RunInstances", .mode = FaultMode::kBootError},
                              {.action = "ReleaseAddress", .mode = FaultMode::kErrorAfterExecute},
                              {.action = "ReleaseAddress", .http_status = 503}},
                   .before = 0,
                   .after = 2,
                   .with_addresses = true});
}

}  // namespace
}  // namespace accordion::control
