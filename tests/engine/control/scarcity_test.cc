// Placement while the cloud is short of stock or addresses, and launches that fail for good, in
// virtual time.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "engine/domain/launch_breaker.h"
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::CallPhase;
using cloudsim::FaultMode;

const std::vector<std::string> kTypes = {"N3.1A", "N3.2B"};

// Members by "subnet/type", the subnet by its place in the region.
std::map<std::string, int> Placed(World& world, const ports::GroupKey& key) {
  const std::vector<cloudsim::SubnetSpec>& subnets = world.cloud.region().spec().subnets;
  std::map<std::string, int> counts;
  for (const domain::Member& member : world.Members(key)) {
    const auto at = std::find_if(subnets.begin(), subnets.end(), [&](const auto& subnet) {
      return subnet.id == member.subnet_id.value();
    });
    ++counts[std::to_string(at - subnets.begin()) + "/" + member.instance_type];
  }
  return counts;
}

void SetStock(World& world, const std::vector<std::string>& types, const std::vector<int>& zones,
              int count) {
  for (const std::string& type : types) {
    for (const int zone : zones) {
      ASSERT_TRUE(
          world.cloud.region()
              .SetStock(type, world.cloud.region().spec().zones[static_cast<size_t>(zone)], count)
              .ok());
    }
  }
}

int Launches(World& world, CallPhase phase) {
  int count = 0;
  for (const cloudsim::CallRecord& one : world.cloud.region().call_log().Since(0, 1'000'000)) {
    if (one.call.action == "RunInstances" && one.phase == phase) ++count;
  }
  return count;
}

cloudsim::FaultRule Refusal(const std::string& code, int count, int status = 400) {
  return {.action = "RunInstances",
          .mode = FaultMode::kError,
          .count = count,
          .http_status = status,
          .code = code,
          .message = "refused"};
}

// Scale-out by ten in one activity, which took no time but the boot's.
void ExpectOneActivity(World& world, const ports::GroupKey& key, int refused) {
  ASSERT_EQ(world.Settle(key, 10), "");
  const std::vector<activity::Activity> activities = world.Activities(key);
  ASSERT_EQ(activities.size(), 1u);
  EXPECT_EQ(activities[0].status, domain::ActivityStatus::kSucceeded);
  EXPECT_EQ(Launches(world, CallPhase::kRefused), refused);
  const std::string total = "; " + std::to_string(10 + refused) + " attempts: ";
  EXPECT_NE(activities[0].cause.text.find(total), std::string::npos) << activities[0].cause.text;
  EXPECT_NE(activities[0].cause.text.find("out of stock x"), std::string::npos)
      << activities[0].cause.text;
  absl::Time first = absl::InfiniteFuture();
  absl::Time last = absl::InfinitePast();
  for (const cloudsim::CallRecord& one : world.cloud.region().call_log().Since(0, 1'000'000)) {
    if (one.call.action != "RunInstances") continue;
    first = std::min(first, one.executed_at);
    last = std::max(last, one.executed_at);
  }
  EXPECT_LE(last - first, absl::Seconds(1)) << "no waiting between attempts";
  EXPECT_EQ(world.Misdeeds(), "");
}

TEST(Scarcity, TheFirstTypeIsOutOfStockInEveryZone) {
  World world;
  SetStock(world, {"N3.1A"}, {0, 1, 2}, 0);
  const ports::GroupKey key =
      world.MakeGroup({.desired = 10, .subnets = 3, .instance_types = kTypes});
  Engine engine(world, 1);
  ExpectOneActivity(world, key, 10);
  EXPECT_EQ(Placed(world, key),
            (std::map<std::string, int>{{"0/N3.2B", 4}, {"1/N3.2B", 3}, {"2/N3.2B", 3}}));
}

TEST(Scarcity, OneZoneIsOutOfStockOfAllTypes) {
  World world;
  SetStock(world, kTypes, {0}, 0);
  const ports::GroupKey key =
      world.MakeGroup({.desired = 10, .subnets = 3, .instance_types = kTypes});
  Engine engine(world, 1);
  ExpectOneActivity(world, key, 5);  // four for the first type, one for the second
  EXPECT_EQ(Placed(world, key), (std::map<std::string, int>{{"1/N3.1A", 5}, {"2/N3.1A", 5}}));
}

TEST(Scarcity, TheFirstTypeEverywhereAndOneZoneOfAll) {
  World world;
  SetStock(world, {"N3.1A"}, {0, 1, 2}, 0);
  SetStock(world, {"N3.2B"}, {1}, 0);
  const ports::GroupKey key =
      world.MakeGroup({.desired = 10, .subnets = 3, .instance_types = kTypes});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 10), "");
  EXPECT_EQ(world.Activities(key).size(), 1u);
  EXPECT_EQ(Placed(world, key), (std::map<std::string, int>{{"0/N3.2B", 5}, {"2/N3.2B", 5}}));
}

TEST(Scarcity, ChoiceFirstKeepsTheOrderOfItsSubnets) {
  World world;
  SetStock(world, kTypes, {0}, 0);
  const ports::GroupKey key =
      world.MakeGroup({.desired = 10, .subnets = 3, .instance_types = kTypes});
  world.Edit(key, [](domain::ScalingGroup& group) {
    group.subnet_strategy = domain::SubnetStrategy::kChoiceFirst;
  });
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 10), "");
  EXPECT_EQ(Placed(world, key), (std::map<std::string, int>{{"1/N3.1A", 10}}));
}

TEST(Scarcity, ASubnetThatFillsUpMidwayIsPassedOver) {
  World world;  // its third subnet is a /28
  const ports::GroupKey key =
      world.MakeGroup({.desired = 18, .max_size = 30, .subnets = 3, .instance_types = kTypes});
  world.Edit(key, [](domain::ScalingGroup& group) {
    group.subnet_strategy = domain::SubnetStrategy::kChoiceFirst;
    std::reverse(group.subnet_ids.begin(), group.subnet_ids.end());
  });
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 18), "");
  EXPECT_EQ(world.Activities(key).size(), 1u);
  const std::map<std::string, int> placed = Placed(world, key);
  ASSERT_EQ(placed.size(), 2u) << "of the first type only";
  EXPECT_EQ(placed.at("1/N3.1A") + placed.at("2/N3.1A"), 18);
  const cloudsim::Region& region = world.cloud.region();
  EXPECT_EQ(region.subnets().Find(world.account.value(), region.spec().subnets[2].id)->available(),
            0);
  const std::string cause = world.Activities(key)[0].cause.text;
  EXPECT_NE(cause.find("no free address in the subnet x"), std::string::npos) << cause;
  // The subnet rests whole: the next scale-out does not ask again.
  const int refused = Launches(world, CallPhase::kRefused);
  world.SetDesired(key, 19);
  ASSERT_EQ(world.Settle(key, 19), "");
  EXPECT_EQ(Launches(world, CallPhase::kRefused), refused);
}

TEST(Scarcity, APairRestsForAllGroupsOfTheAccountAndIsUsedAgainByItself) {
  World world;
  SetStock(world, {"N3.1A"}, {0, 1, 2}, 0);
  const ports::GroupKey first = world.MakeGroup({.desired = 3, .instance_types = kTypes});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(first, 3), "");
  const int refused = Launches(world, CallPhase::kRefused);
  const ports::GroupKey second =
      world.MakeGroup({.desired = 3, .with_listener = false, .instance_types = kTypes});
  ASSERT_EQ(world.Settle(second, 3), "");
  EXPECT_EQ(Launches(world, CallPhase::kRefused), refused) << "no pair that rests was asked for";
  EXPECT_EQ(world.Activities(second)[0].cause.text, "created");

  SetStock(world, {"N3.1A"}, {0, 1, 2}, 9);
  world.time.RunFor(absl::Seconds(61));
  world.SetDesired(second, 5);
  ASSERT_EQ(world.Settle(second, 5), "");
  EXPECT_EQ(Placed(world, second)["0/N3.1A"] + Placed(world, second)["1/N3.1A"], 2);
}

TEST(Scarcity, AGroupWithoutAnOpenPairWaitsForTheRestsEndWithoutAnActivity) {
  World world;
  SetStock(world, {"N3.1A"}, {0, 1, 2}, 0);
  const ports::GroupKey key = world.MakeGroup({.desired = 3});
  Engine engine(world, 1);
  world.time.RunFor(absl::Hours(24));
  // At most one activity a rest of half an hour once it has doubled that far; each asks once an
  // instance.
  EXPECT_LE(world.Activities(key).size(), 24u * 2 + 8);
  EXPECT_GE(world.Activities(key).size(), 24u) << "it goes on trying";
  EXPECT_EQ(world.Group(key).desired_capacity, 3);
  EXPECT_FALSE(domain::LaunchesPaused(world.Group(key))) << "stock is no permanent error";
  SetStock(world, {"N3.1A"}, {0, 1, 2}, 9);
  EXPECT_EQ(world.Settle(key, 3, absl::Minutes(50)), "");
}

TEST(Scarcity, OtherRefusalsLetNoPairRest) {
  struct Row {
    const char* sentence;
    const char* code;
    int status;
  };
  const Row rows[] = {{"throttled", "LimitExceeded ", 409},
                      {"quota", "QuotaExceeded", 403},
                      {"credential", "AccessDenied", 403},
                      {"arrears", "BalanceNotEnough", 400}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.sentence);
    World world;
    world.SetFaults({Refusal(row.code, 1, row.status)});
    const ports::GroupKey key = world.MakeGroup({.desired = 1, .instance_types = kTypes});
    Engine engine(world, 1);
    ASSERT_EQ(world.Settle(key, 1), "");
    EXPECT_EQ(Placed(world, key), (std::map<std::string, int>{{"0/N3.1A", 1}}))
        << "neither another type nor another subnet";
  }
}

TEST(Scarcity, PartOfAScaleOutSucceedsAndTheRestIsTriedAgainWithItsCooldown) {
  World world;
  SetStock(world, {"N3.1A"}, {0}, 2);
  SetStock(world, {"N3.1A"}, {1}, 2);
  const ports::GroupKey key = world.MakeGroup({.desired = 6});
  world.Edit(key, [](domain::ScalingGroup& group) {
    group.desired_cause.kind = domain::TriggerKind::kPolicy;
    group.desired_cause.cooldown = absl::Seconds(90);
  });
  Engine engine(world, 1);
  ASSERT_TRUE(world.time.RunUntilTrue(
      [&] { return !world.Activities(key).empty() && !world.ActivityOpen(key); },
      absl::Minutes(2)));
  const activity::Activity partial = world.Activities(key)[0];
  EXPECT_EQ(partial.status, domain::ActivityStatus::kFailed);
  EXPECT_EQ(partial.succeeded.size(), 4u);
  EXPECT_EQ(partial.error_code, 1001);
  EXPECT_EQ(world.Group(key).desired_capacity, 6);
  EXPECT_EQ(world.Group(key).cooldown_until, *partial.end_time + absl::Seconds(90));
  SetStock(world, {"N3.1A"}, {0, 1}, 9);
  ASSERT_EQ(world.Settle(key, 6, absl::Minutes(5)), "");
  const activity::Activity retry = world.Activities(key)[0];
  EXPECT_EQ(retry.cause.cooldown, absl::Seconds(90));
  EXPECT_EQ(world.Group(key).cooldown_until, *retry.end_time + absl::Seconds(90));
}

TEST(LaunchBreaker, AGroupThatAlwaysFailsLaunchesAFewTimesAnHour) {
  World world;
  world.SetFaults({Refusal("BalanceNotEnough", -1)});
  const ports::GroupKey key = world.MakeGroup({.desired = 15});
  Engine engine(world, 1);
  world.time.RunFor(absl::Hours(1));
  EXPECT_LE(Launches(world, CallPhase::kRefused), 15 + 4);
  world.time.RunFor(absl::Hours(23));
  const int launches = Launches(world, CallPhase::kRefused);
  RecordProperty("launches_in_24_hours", launches);
  EXPECT_LE(launches, 15 + 24 * 4);
  EXPECT_GE(launches, 15 + 24 * 2) << "it goes on probing";
  EXPECT_EQ(world.Group(key).desired_capacity, 15);
  EXPECT_TRUE(domain::LaunchesPaused(world.Group(key)));
  const std::string cause = world.Activities(key).back().cause.text;
  EXPECT_NE(cause.find("Launches are paused after 15 failures in a row"), std::string::npos)
      << cause;
}

TEST(LaunchBreaker, FailuresAddUpOverActivities) {
  World world;
  world.SetFaults({Refusal("ImageNotFound", -1, 404)});
  const ports::GroupKey key = world.MakeGroup({.desired = 4});
  Engine engine(world, 1);
  world.time.RunFor(absl::Minutes(14));
  EXPECT_EQ(Launches(world, CallPhase::kRefused), 10) << "4, 4 and the 2 that were left";
  EXPECT_TRUE(domain::LaunchesPaused(world.Group(key)));
}

TEST(LaunchBreaker, AProbeThatSucceedsEndsThePause) {
  World world;
  world.SetFaults({Refusal("BalanceNotEnough", -1)});
  const ports::GroupKey key = world.MakeGroup({.desired = 12});
  Engine engine(world, 1);
  world.time.RunFor(absl::Minutes(1));
  ASSERT_TRUE(domain::LaunchesPaused(world.Group(key)));
  world.SetFaults({});
  EXPECT_TRUE(world.Instances(key).empty());
  world.time.RunFor(absl::Minutes(13));
  EXPECT_TRUE(world.Instances(key).empty()) << "it waits for the probe";
  EXPECT_EQ(world.Settle(key, 12, absl::Minutes(5)), "");
  const std::vector<activity::Activity> activities = world.Activities(key);
  ASSERT_EQ(activities.size(), 3u);
  EXPECT_EQ(activities[1].succeeded.size(), 1u) << "the probe is one launch";
  EXPECT_EQ(activities[0].succeeded.size(), 11u);
  EXPECT_EQ(world.Group(key).launch_errors_in_a_row, 0);
}

TEST(LaunchBreaker, AnEditEndsThePauseAtOnceAndScaleInGoesOnInIt) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  world.SetFaults({Refusal("BalanceNotEnough", -1)});
  world.SetDesired(key, 14);
  world.time.RunFor(absl::Minutes(1));
  ASSERT_TRUE(domain::LaunchesPaused(world.Group(key)));
  world.SetDesired(key, 1);  // not as a request does, which would end the pause
  EXPECT_EQ(world.Settle(key, 1), "");
  EXPECT_TRUE(domain::LaunchesPaused(world.Group(key)));
  world.SetFaults({});
  world.Edit(key, [](domain::ScalingGroup& group) {
    group.desired_capacity = 3;
    group.retry_not_before.reset();
    domain::ResumeLaunches(group);
  });
  EXPECT_EQ(world.Settle(key, 3, absl::Minutes(1)), "");
}

TEST(LaunchBreaker, InstancesThatNeverServePauseLaunchesToo) {
  World world;
  world.SetFaults({{.action = "RunInstances", .mode = FaultMode::kBootError, .count = -1}});
  const ports::GroupKey key = world.MakeGroup({.desired = 10});
  Engine engine(world, 1);
  world.time.RunFor(absl::Hours(6));
  EXPECT_LE(Launches(world, CallPhase::kExecuted), 10 + 6 * 4);
  EXPECT_TRUE(world.Instances(key).empty());
  EXPECT_EQ(world.Misdeeds(), "");
}

}  // namespace
}  // namespace accordion::control
