#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using testing::StoreFault;

constexpr StoreFault kFaults[] = {StoreFault::kUnavailable, StoreFault::kUnknownNotExecuted,
                                  StoreFault::kUnknownExecuted};

// Runs a group from `before` to `after` with a fault at the `number`-th transaction (0: none);
// returns how many there were.
int Run(int before, int after, int number, StoreFault fault) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = before});
  Engine engine(world, 1);
  EXPECT_EQ(world.Settle(key, before), "");
  world.SetDesired(key, after);
  const int start = engine.store.transactions();
  if (number > 0) engine.store.Fail(number, fault);
  EXPECT_EQ(world.Settle(key, after), "");
  EXPECT_EQ(world.Misdeeds(), "");
  // Evaluation hears of the members all the same.
  const auto group = world.Members(key);
  EXPECT_EQ(engine.samples.resources(), group.size() + 1) << "members and the listener";
  return engine.store.transactions() - start;
}

void FailEverywhere(int before, int after) {
  const int transactions = Run(before, after, 0, StoreFault::kUnavailable);
  ASSERT_GT(transactions, 10);
  for (const StoreFault fault : kFaults) {
    for (int number = 1; number <= transactions && !::testing::Test::HasFailure(); ++number) {
      SCOPED_TRACE(absl::StrCat("transaction ", number, " fault ", static_cast<int>(fault)));
      Run(before, after, number, fault);
    }
  }
}

TEST(StoreFaults, AtEachTransactionOfAScaleOutAreHealed) { FailEverywhere(0, 3); }

TEST(StoreFaults, AtEachTransactionOfAScaleInAreHealed) { FailEverywhere(3, 1); }

TEST(StoreFaults, TakeUpRetriesWhenTheStoreIsDown) {
  // Transactions of a start until the shards are taken up: all fail in turn, each way.
  for (const StoreFault fault : kFaults) {
    for (int number = 1; number <= 12; ++number) {
      SCOPED_TRACE(absl::StrCat("transaction ", number));
      World world;
      const ports::GroupKey key = world.MakeGroup({.desired = 2});
      Engine dead(world, 1);
      world.time.RunFor(absl::Seconds(1));  // in the middle of the launches
      ASSERT_TRUE(world.ActivityOpen(key));
      dead.Kill();
      Engine engine(world, 2);
      engine.store.Fail(number, fault);
      EXPECT_EQ(world.Settle(key, 2), "");
      EXPECT_EQ(engine.samples.resources(), 3u);
    }
  }
}

TEST(StoreFaults, NothingIsChangedInTheCloudWhileTheStoreIsDown) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 3), "");
  world.SetDesired(key, 6);
  world.time.RunFor(absl::Milliseconds(1500));  // they boot
  ASSERT_TRUE(world.ActivityOpen(key));
  engine.store.SetDown(true);
  const uint64_t calls = world.cloud.region().call_log().last_sequence();
  world.time.RunFor(absl::Minutes(30));
  EXPECT_EQ(world.cloud.region().call_log().last_sequence(), calls);
  engine.store.SetDown(false);
  EXPECT_EQ(world.Settle(key, 6), "");
  EXPECT_EQ(world.Misdeeds(), "");
}

}  // namespace
}  // namespace accordion::control
