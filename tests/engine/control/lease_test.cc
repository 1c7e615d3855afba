#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

TEST(Lease, ASecondEngineTakesOverWhenTheFirstDies) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine first(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  Engine second(world, 2);
  world.time.RunFor(absl::Minutes(1));
  EXPECT_TRUE(second.plane->leases().Shards().empty());  // the first one lives
  first.Kill();
  world.SetDesired(key, 3);
  EXPECT_EQ(world.Settle(key, 3, TestSettings().lease_ttl + absl::Seconds(15)), "");
  EXPECT_EQ(second.plane->leases().Shards().size(), static_cast<size_t>(ports::kShardCount));
}

TEST(Lease, AnOrderlyStopGivesTheShardsAtOnce) {
  World world;
  Engine first(world, 1);
  Engine second(world, 2);
  world.time.RunFor(absl::Seconds(5));
  first.plane->Stop();
  world.time.RunFor(absl::Seconds(3));
  EXPECT_EQ(second.plane->leases().Shards().size(), static_cast<size_t>(ports::kShardCount));
  EXPECT_FALSE(first.plane->LeaseHeld());
}

// The last moment at which a call that changes the cloud may begin, after the store was last heard
// of.
absl::Duration LastSend(const Settings& settings) {
  return settings.lease_ttl - settings.lease_margin - settings.cloud_call_timeout;
}

TEST(Lease, LeaseLossStopsMutatingCalls) {
  const Settings settings = TestSettings();
  for (absl::Duration after = absl::ZeroDuration(); after < absl::Seconds(14);
       after += absl::Milliseconds(500)) {
    SCOPED_TRACE(absl::FormatDuration(after));
    World world;
    const ports::GroupKey key = world.MakeGroup({.desired = 0});
    Engine engine(world, 1);
    world.time.RunFor(absl::Minutes(1));
    engine.store.SetLeaseDown(true);
    const absl::Time down = world.time.Now();
    // Transactions still go through until another engine takes the shards.
    world.time.RunFor(after);
    world.SetDesired(key, 2);
    world.time.RunFor(absl::Minutes(1));
    for (const cloudsim::CallRecord& call : world.cloud.region().call_log().Since(0, 1000)) {
      EXPECT_LE(call.executed_at, down + LastSend(settings)) << call.call.action;
    }
    EXPECT_FALSE(engine.plane->LeaseHeld());
    engine.store.SetLeaseDown(false);
    EXPECT_EQ(world.Settle(key, 2), "");
    EXPECT_EQ(world.Misdeeds(), "");
  }
}

TEST(Lease, CountsFromTheSendingOfARenewalHoweverLateItsAnswerCame) {
  for (int seconds = 0; seconds <= 10; ++seconds) {
    SCOPED_TRACE(seconds);
    World world;
    const ports::GroupKey key = world.MakeGroup({.desired = 0});
    Engine engine(world, 1);
    world.time.RunFor(absl::Minutes(1));
    absl::Time sent = absl::InfinitePast();
    engine.store.OnRenewed([&] {
      if (sent != absl::InfinitePast()) return;
      sent = world.time.Now();
      world.clock.Advance(absl::Seconds(3));
      engine.store.SetLeaseDown(true);  // it was the last that was heard of
    });
    ASSERT_TRUE(world.time.RunUntilTrue([&] { return sent != absl::InfinitePast(); },
                                        TestSettings().lease_ttl));
    world.time.RunUntil(sent + absl::Seconds(seconds));
    world.SetDesired(key, 2);
    world.time.RunFor(absl::Minutes(1));
    for (const cloudsim::CallRecord& call : world.cloud.region().call_log().Since(0, 1000)) {
      EXPECT_LE(call.executed_at, sent + LastSend(TestSettings())) << call.call.action;
    }
  }
}

TEST(Lease, APausedEngineWritesNothingAfterTakeOver) {
  // Paused at each moment of a scale-out by 3 for longer than its lease.
  for (int milliseconds = 0; milliseconds <= 6000; milliseconds += 250) {
    SCOPED_TRACE(milliseconds);
    World world;
    const ports::GroupKey key = world.MakeGroup({.desired = 3});
    Engine paused(world, 1);
    world.time.RunFor(absl::Milliseconds(milliseconds));
    paused.executor.Pause();
    Engine second(world, 2);
    ASSERT_EQ(world.Settle(key, 3), "");
    world.SetDesired(key, 4);
    ASSERT_EQ(world.Settle(key, 4), "");
    world.time.RunFor(absl::Milliseconds(100));

    const uint64_t calls = world.cloud.region().call_log().last_sequence();
    const domain::ScalingGroup group = world.Group(key);
    const std::vector<domain::Member> members = world.Members(key);
    paused.executor.Continue();
    world.time.RunReady();
    EXPECT_EQ(world.cloud.region().call_log().last_sequence(), calls);
    EXPECT_EQ(world.Group(key), group);
    EXPECT_EQ(world.Members(key), members);
    EXPECT_TRUE(paused.plane->leases().Shards().empty());

    world.time.RunFor(absl::Minutes(2));
    EXPECT_EQ(world.Unrest(key, 4), "");
    EXPECT_EQ(world.Misdeeds(), "");
  }
}

TEST(Lease, WhatAnEngineKnewOfACallIsNoMoreTrustedAfterItLostTheShard) {
  // The first engine is paused while the answer to its launch is under way; the second one looks
  // the launch up, then dies; the first takes the shard again and is told the old answer.
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  Engine first(world, 1);
  first.store.Fail(4, testing::StoreFault::kUnavailable);
  first.store.Fail(5, testing::StoreFault::kUnavailable);
  world.time.RunFor(absl::Milliseconds(100));
  first.executor.Pause();
  auto second = std::make_unique<Engine>(world, 2);
  ASSERT_EQ(world.Settle(key, 3), "");
  second->Kill();
  first.executor.Continue();
  world.SetDesired(key, 5);
  EXPECT_EQ(world.Settle(key, 5), "");
  EXPECT_EQ(world.Misdeeds(), "");
}

}  // namespace
}  // namespace accordion::control
