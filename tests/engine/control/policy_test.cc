#include <algorithm>

#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using domain::Comparison;
using domain::DecisionReason;

constexpr absl::Duration kPeriod = absl::Minutes(1);

// The start of the next period.
absl::Time NextPeriod(const World& world) {
  return domain::PeriodStart(world.time.Now(), kPeriod) + kPeriod;
}

// Goes to the start of the next period, pushes `cpu` for `instances` in its middle, and stops an
// instant before its end.
void PassPeriod(World& world, Engine& engine, const std::vector<std::string>& instances,
                double cpu) {
  const absl::Time start = NextPeriod(world);
  world.time.RunUntil(start + kPeriod / 2);
  engine.PushCpu(instances, cpu);
  world.time.RunUntil(start + kPeriod - absl::Milliseconds(1));
}

// Whether the store holds the verdict of the period that began at `start`.
bool WasJudged(World& world, absl::Time start) {
  std::vector<int> shards;
  for (int shard = 0; shard < ports::kShardCount; ++shard) shards.push_back(shard);
  bool judged = false;
  const absl::Status read = world.store.Read([&](ports::Tx& tx) {
    const absl::StatusOr<std::vector<ports::PolicyCheckpoint>> runs =
        tx.policies().LoadRuns(shards);
    if (!runs.ok()) return runs.status();
    for (const ports::PolicyCheckpoint& checkpoint : *runs) {
      judged = judged || checkpoint.run.periods.back().start == start;
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  return judged;
}

int CountReason(World& world, const ports::GroupKey& key, DecisionReason reason) {
  const std::vector<ports::DecisionRecord> decisions = world.Decisions(key);
  return static_cast<int>(std::count_if(
      decisions.begin(), decisions.end(),
      [&](const ports::DecisionRecord& record) { return record.decision.reason == reason; }));
}

TEST(Policy, EvaluationHasNoPollingInterval) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  world.AddPolicy(key, Comparison::kGreater, 70, 1);
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  PassPeriod(world, engine, world.Instances(key), 90);
  ASSERT_EQ(world.Executed("RunInstances").size(), 2u);
  const absl::Time close = domain::PeriodStart(world.time.Now(), kPeriod) + kPeriod;
  world.time.RunUntil(close);
  const std::vector<cloudsim::CallRecord> launches = world.Executed("RunInstances");
  ASSERT_EQ(launches.size(), 3u);
  EXPECT_EQ(launches.back().executed_at, close);

  EXPECT_EQ(world.Settle(key, 3), "");
  const std::vector<ports::DecisionRecord> decisions = world.Decisions(key);
  ASSERT_EQ(decisions.size(), 1u);
  EXPECT_EQ(decisions[0].decision.reason, DecisionReason::kActed);
  EXPECT_EQ(decisions[0].window_end, close);
  EXPECT_EQ(decisions[0].decision.firing.periods[0].value, 90);
  EXPECT_EQ(world.Activities(key)[0].cause.policy_id, decisions[0].decision.firing.policy.id);
}

TEST(Policy, LatenessDelaysTheCloseByItself) {
  Settings settings = TestSettings();
  settings.lateness = absl::Seconds(10);
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  world.AddPolicy(key, Comparison::kGreater, 70, 1);
  Engine engine(world, 1, settings);
  ASSERT_EQ(world.Settle(key, 1), "");
  PassPeriod(world, engine, world.Instances(key), 90);
  const absl::Time close = domain::PeriodStart(world.time.Now(), kPeriod) + kPeriod;
  world.time.RunUntil(close + absl::Seconds(20));
  EXPECT_EQ(world.Executed("RunInstances").back().executed_at, close + absl::Seconds(10));
}

TEST(Policy, CooldownAfterAPolicyActivity) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  const absl::Duration cooldown = absl::Minutes(5);
  world.AddPolicy(key, Comparison::kGreater, 70, 1, 1, cooldown);
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  for (int i = 0; i < 9; ++i) PassPeriod(world, engine, world.Instances(key), 90);
  const std::vector<activity::Activity> activities = world.Activities(key);
  ASSERT_EQ(activities.size(), 3u);  // the creation and two firings
  EXPECT_GE(activities[0].start_time, *activities[1].end_time + cooldown);
  EXPECT_LE(activities[0].start_time, *activities[1].end_time + cooldown + kPeriod);
  EXPECT_GE(CountReason(world, key, DecisionReason::kInCooldown), 3);
  EXPECT_EQ(CountReason(world, key, DecisionReason::kActed), 2);
}

TEST(Policy, FiresOnceAWindow) {
  // Dead at each boundary of the firing: the window never acts twice, and if its verdict was
  // checkpointed it acts once.
  int boundaries = 0;
  int kept = 0;
  int lost = 0;
  for (int die_at = 0; die_at <= boundaries && !::testing::Test::HasFailure(); ++die_at) {
    SCOPED_TRACE(die_at);
    World world;
    const ports::GroupKey key = world.MakeGroup({.desired = 1});
    world.AddPolicy(key, Comparison::kGreater, 70, 1);
    Engine first(world, 1);
    ASSERT_EQ(world.Settle(key, 1), "");
    PassPeriod(world, first, world.Instances(key), 90);
    const absl::Time close = domain::PeriodStart(world.time.Now(), kPeriod) + kPeriod;
    const int start = first.lifeline.passed();
    if (die_at > 0) first.lifeline.DieAt(start + die_at);
    world.time.RunUntil(close);
    if (die_at == 0) {
      boundaries = first.lifeline.passed() - start;
      ASSERT_GT(boundaries, 8);
      continue;
    }
    ASSERT_TRUE(first.lifeline.dead());
    const bool remembered = WasJudged(world, close - kPeriod);
    ++(remembered ? kept : lost);
    Engine second(world, 2);
    // Nothing is pushed any more: whatever acts is this window.
    world.time.RunFor(absl::Seconds(50));
    const int desired = world.Group(key).desired_capacity;
    EXPECT_EQ(desired, remembered ? 2 : 1) << "died " << first.lifeline.died_at();
    EXPECT_EQ(world.Settle(key, desired), "");
    EXPECT_EQ(world.Decisions(key).size(), remembered ? 1u : 0u);
    EXPECT_EQ(world.Misdeeds(), "");
  }
  EXPECT_GT(kept, 3);
  EXPECT_GT(lost, 0);
}

TEST(Policy, ARunGoesOnAfterARestart) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  world.AddPolicy(key, Comparison::kGreater, 70, 1, 3);
  auto first = std::make_unique<Engine>(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  PassPeriod(world, *first, world.Instances(key), 90);
  PassPeriod(world, *first, world.Instances(key), 90);
  world.time.RunFor(absl::Seconds(2));
  first->Kill();
  Engine second(world, 2);
  world.time.RunFor(absl::Seconds(15));
  second.PushCpu(world.Instances(key), 90);
  EXPECT_EQ(world.Group(key).desired_capacity, 1);
  world.time.RunFor(kPeriod);
  EXPECT_EQ(world.Group(key).desired_capacity, 2);
  EXPECT_EQ(world.Decisions(key)[0].decision.firing.periods.size(), 3u);
}

TEST(Policy, SilentMembersNeverHelpAReduction) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  world.AddPolicy(key, Comparison::kLess, 20, -1);
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  const std::vector<std::string> instances = world.Instances(key);
  PassPeriod(world, engine, {instances[0]}, 5);
  PassPeriod(world, engine, {instances[0]}, 5);
  EXPECT_EQ(world.Group(key).desired_capacity, 2);
  EXPECT_TRUE(world.Decisions(key).empty());
  PassPeriod(world, engine, instances, 5);
  world.time.RunFor(absl::Seconds(1));
  EXPECT_EQ(world.Group(key).desired_capacity, 1);
}

TEST(Policy, SilentMembersDoNotHinderARaise) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  world.AddPolicy(key, Comparison::kGreater, 70, 1);
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  PassPeriod(world, engine, {world.Instances(key)[0]}, 90);
  world.time.RunFor(absl::Seconds(1));
  EXPECT_EQ(world.Group(key).desired_capacity, 3);
}

TEST(Policy, NoSampleIsNeverZero) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  world.AddPolicy(key, Comparison::kLess, 20, -1);
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  for (int i = 0; i < 5; ++i) PassPeriod(world, engine, {}, 0);
  EXPECT_EQ(world.Unrest(key, 2), "");
  EXPECT_TRUE(world.Decisions(key).empty());
}

TEST(Policy, PeriodsArmedAfterPolicyCreated) {
  for (const bool hinted : {true, false}) {
    World world;
    const ports::GroupKey key = world.MakeGroup({.desired = 1});
    Engine engine(world, 1);
    ASSERT_EQ(world.Settle(key, 1), "");
    world.AddPolicy(key, Comparison::kGreater, 70, 1);
    if (hinted) {
      engine.plane->DefinitionChanged(key);
    } else {
      // A dropped hint only delays: the resync finds the policy (I-24).
      world.time.RunFor(TestSettings().resync + absl::Seconds(2));
    }
    PassPeriod(world, engine, world.Instances(key), 90);
    world.time.RunFor(absl::Seconds(1));
    EXPECT_EQ(world.Group(key).desired_capacity, 2) << hinted;
  }
}

TEST(Policy, APeriodIsArmedAgainAfterItsLastPolicyWasDeleted) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  const domain::PolicyId policy = world.AddPolicy(key, Comparison::kGreater, 70, 1);
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  ASSERT_TRUE(
      world.store.Transact([&](ports::Tx& tx) { return tx.policies().Delete(key, policy); }).ok());
  engine.plane->DefinitionChanged(key);
  PassPeriod(world, engine, world.Instances(key), 90);
  world.time.RunFor(absl::Seconds(1));
  EXPECT_EQ(world.Group(key).desired_capacity, 1);
  world.AddPolicy(key, Comparison::kGreater, 70, 1);
  engine.plane->DefinitionChanged(key);
  PassPeriod(world, engine, world.Instances(key), 90);
  world.time.RunFor(absl::Seconds(1));
  EXPECT_EQ(world.Group(key).desired_capacity, 2);
}

}  // namespace
}  // namespace accordion::control
