#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

TEST(Wake, ManyHintsMakeOneStep) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  world.time.RunFor(absl::Milliseconds(300));
  const int before = engine.store.transactions();
  for (int i = 0; i < 100; ++i) engine.plane->Wake(key);
  world.time.RunReady();
  EXPECT_EQ(engine.store.transactions(), before + 1);
}

TEST(Wake, AHintMakesReconcileImmediate) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 0});
  Engine engine(world, 1);
  world.time.RunFor(absl::Milliseconds(2300));
  world.SetDesired(key, 1);
  engine.plane->Wake(key);
  world.time.RunReady();
  EXPECT_EQ(world.Executed("RunInstances").size(), 1u);
}

TEST(Wake, ADroppedHintOnlyDelays) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 0});
  Engine engine(world, 1);
  world.time.RunFor(absl::Milliseconds(2300));
  world.SetDesired(key, 1);
  world.time.RunFor(TestSettings().due_poll);
  EXPECT_EQ(world.Executed("RunInstances").size(), 1u);
}

TEST(Wake, AFullLaneOnlyDelays) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  Engine engine(world, 1);
  world.time.RunFor(absl::Milliseconds(500));
  engine.executor.SetFull(ports::Lane::kWork, true);
  engine.executor.SetFull(ports::Lane::kEvaluate, true);
  world.SetDesired(key, 4);
  engine.plane->Wake(key);
  world.time.RunFor(absl::Seconds(20));
  engine.executor.SetFull(ports::Lane::kWork, false);
  engine.executor.SetFull(ports::Lane::kEvaluate, false);
  EXPECT_EQ(world.Settle(key, 4), "");
  EXPECT_EQ(engine.samples.resources(), 5u);
}

TEST(Wake, ADeletedGroupIsForgotten) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 0});
  Engine engine(world, 1);
  world.time.RunFor(absl::Seconds(2));
  EXPECT_EQ(engine.samples.resources(), 1u);  // its listener
  ASSERT_TRUE(world.store.Transact([&](ports::Tx& tx) { return tx.groups().Delete(key); }).ok());
  engine.plane->Wake(key);
  engine.plane->DefinitionChanged(key);
  world.time.RunFor(absl::Minutes(10));
  EXPECT_EQ(engine.samples.resources(), 0u);
}

}  // namespace
}  // namespace accordion::control
