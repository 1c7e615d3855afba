// Members that turned UnHealthy are replaced. The health monitor turns them (health_test.cc); here
// a test does, at a moment of its own, and the region agrees, so that the monitor does, too.
#include <functional>
#include <map>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;
using domain::ActivityStatus;
using domain::ActivityType;

void Change(World& world, const ports::GroupKey& key, const std::vector<domain::InstanceId>& ids,
            const std::function<void(domain::Member&)>& change) {
  const absl::Status done = world.store.Transact([&](ports::Tx& tx) -> absl::Status {
    const absl::StatusOr<domain::ScalingGroup> group = tx.groups().Lock(key);
    if (!group.ok()) return group.status();
    for (const domain::InstanceId& id : ids) {
      absl::StatusOr<domain::Member> member = tx.members().Lock(key, id);
      if (!member.ok()) return member.status();
      change(*member);
      const absl::Status updated = tx.members().Update(*member);
      if (!updated.ok()) return updated;
    }
    return tx.groups().SetWake(key, tx.Now());
  });
  ASSERT_TRUE(done.ok()) << done;
}

void Force(World& world, const domain::InstanceId& id, cloudsim::InstanceState state) {
  const absl::Status forced =
      world.cloud.region().ForceState({.account_id = world.account.value(), .action = "ForceState"},
                                      id.value(), state, world.time.Now());
  ASSERT_TRUE(forced.ok()) << forced;
}

// All in one transaction, as what turns in one sweep.
void TurnBad(World& world, const ports::GroupKey& key, const std::vector<domain::InstanceId>& ids) {
  for (const domain::InstanceId& id : ids) {
    Force(world, id, cloudsim::InstanceState::kStopped);
  }
  Change(world, key, ids, [&](domain::Member& member) {
    member.health = domain::Health::kUnHealthy;
    member.unhealthy_since = world.time.Now();
  });
}

void TurnGood(World& world, const ports::GroupKey& key, const domain::InstanceId& id) {
  Force(world, id, cloudsim::InstanceState::kActive);
  Change(world, key, {id}, [&](domain::Member& member) {
    member.health = domain::Health::kHealthy;
    member.unhealthy_since.reset();
  });
}

void Protect(World& world, const ports::GroupKey& key, const domain::InstanceId& id) {
  const absl::Status done = world.store.Transact(
      [&](ports::Tx& tx) { return tx.members().Protect(key, {id}, true).status(); });
  ASSERT_TRUE(done.ok()) << done;
}

int Unhealthy(World& world, const ports::GroupKey& key) {
  int count = 0;
  for (const domain::Member& member : world.Members(key)) {
    count += member.health == domain::Health::kUnHealthy ? 1 : 0;
  }
  return count;
}

// Runs until the group rests at `desired` with nobody UnHealthy.
std::string Heal(World& world, const ports::GroupKey& key, int desired,
                 absl::Duration limit = absl::Minutes(10)) {
  const absl::Time end = world.time.Now() + limit;
  const auto unrest = [&] {
    const int bad = Unhealthy(world, key);
    return bad > 0 ? absl::StrCat(bad, " unhealthy; ", world.Unrest(key, desired))
                   : world.Unrest(key, desired);
  };
  while (!unrest().empty() && world.time.Now() < end) world.time.RunFor(absl::Seconds(1));
  return unrest();
}

TEST(Replace, BelowMaxSizeTheNewOneServesBeforeTheOldOneGoes) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3, .max_size = 5});
  world.store.Subscribe(key, {1, 2, 3, 4, 5, 6});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 3), "");
  const domain::InstanceId old = world.Members(key)[0].instance_id;
  TurnBad(world, key, {old});
  ASSERT_EQ(Heal(world, key, 3), "");
  const activity::Activity done = world.Activities(key)[0];
  EXPECT_EQ(done.type, ActivityType::kReplace);
  EXPECT_EQ(done.status, ActivityStatus::kSucceeded);
  EXPECT_EQ(done.cause.text, "Health check: unhealthy members replaced: " + old.value());
  ASSERT_EQ(done.succeeded.size(), 2u);
  EXPECT_EQ(done.succeeded[1], old);
  // The fourth launch, its two registrations, two deregistrations, and only then the terminate.
  const absl::Time registered = world.Executed("RegisterInstancesWithListener")[7].executed_at;
  const auto deregistered = world.Executed("DeregisterInstancesFromListener");
  const auto terminated = world.Executed("TerminateInstances");
  ASSERT_EQ(world.Executed("RunInstances").size(), 4u);
  ASSERT_EQ(terminated.size(), 1u);
  EXPECT_EQ(terminated[0].effects[0].instance_id, old.value());
  EXPECT_LE(registered, deregistered[0].executed_at);
  EXPECT_GE(terminated[0].executed_at, deregistered[1].executed_at + TestSettings().steps.drain);
  EXPECT_EQ(world.Misdeeds(), "");
  EXPECT_EQ(world.Group(key).desired_capacity, 3);
  EXPECT_EQ(world.Group(key).cooldown_until, std::nullopt);
}

TEST(Replace, AtMaxSizeTheOldOneGoesFirstOneAtATime) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 8, .max_size = 8});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 8), "");
  const std::vector<domain::Member> members = world.Members(key);
  TurnBad(world, key, {members[0].instance_id});
  TurnBad(world, key, {members[1].instance_id});
  size_t most = 0;
  for (int i = 0; i < 300; ++i) {
    world.time.RunFor(absl::Seconds(1));
    most = std::max(most, world.cloud.region().fleet().List().size());
  }
  EXPECT_EQ(Heal(world, key, 8), "");
  EXPECT_EQ(most, 8u) << "never above max size";
  const std::vector<activity::Activity> done = world.Activities(key);
  ASSERT_EQ(done.size(), 3u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(done[i].type, ActivityType::kReplace);
    EXPECT_EQ(done[i].succeeded.size(), 2u);
  }
  EXPECT_EQ(world.Misdeeds(), "");
}

TEST(Replace, AManualMemberIsLeftRunning) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  const domain::InstanceId old = world.Members(key)[0].instance_id;
  Change(world, key, {old},
         [](domain::Member& member) { member.creation_type = domain::CreationType::kManual; });
  TurnBad(world, key, {old});
  world.time.RunFor(absl::Minutes(3));
  EXPECT_EQ(world.Members(key).size(), 2u);
  EXPECT_EQ(Unhealthy(world, key), 0);
  EXPECT_TRUE(world.Executed("TerminateInstances").empty());
  EXPECT_EQ(world.Executed("DeregisterInstancesFromListener").size(), 2u);
}

TEST(Replace, AProtectedMemberIsCountedAndKept) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 4});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 4), "");
  const std::vector<domain::Member> members = world.Members(key);
  Protect(world, key, members[0].instance_id);
  TurnBad(world, key, {members[0].instance_id});
  world.time.RunFor(absl::Minutes(10));
  EXPECT_EQ(world.Unrest(key, 4), "");
  EXPECT_EQ(world.Activities(key).size(), 1u);
  TurnBad(world, key, {members[1].instance_id});
  world.time.RunFor(absl::Minutes(10));
  EXPECT_EQ(world.Unrest(key, 4), "");
  EXPECT_EQ(
      world.Activities(key)[0].cause.text,
      absl::StrCat("Health check: unhealthy members replaced: ", members[1].instance_id.value(),
                   "; 1 more unhealthy ones are protected and kept"));
}

TEST(Replace, AMemberThatIsProtectedWhileItWaitsIsNotTouched) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  const domain::InstanceId old = world.Members(key)[0].instance_id;
  TurnBad(world, key, {old});
  world.time.RunFor(absl::Seconds(3));
  ASSERT_EQ(world.Executed("RunInstances").size(), 3u);
  Protect(world, key, old);
  world.time.RunFor(absl::Minutes(5));
  EXPECT_EQ(world.Unrest(key, 2), "") << "the surplus was somebody else";
  EXPECT_EQ(Unhealthy(world, key), 1);
  for (const cloudsim::CallRecord& call : world.Executed("TerminateInstances"))
    EXPECT_NE(call.effects[0].instance_id, old.value());
}

TEST(Replace, AMemberThatIsDetachedWhileItWaitsIsLetGoAsAskedFor) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  const domain::InstanceId old = world.Members(key)[0].instance_id;
  TurnBad(world, key, {old});
  world.time.RunFor(absl::Seconds(3));
  Change(world, key, {old}, [](domain::Member& member) {
    member.life_cycle = domain::LifeCycle::kDetaching;
    member.request_cause = "a user";
  });
  world.SetDesired(key, 1);
  world.time.RunFor(absl::Minutes(5));
  EXPECT_EQ(world.Members(key).size(), 1u);
  EXPECT_EQ(Unhealthy(world, key), 0);
  for (const cloudsim::CallRecord& call : world.Executed("TerminateInstances"))
    EXPECT_NE(call.effects[0].instance_id, old.value()) << "a detached one is left running";
  EXPECT_FALSE(world.ActivityOpen(key));
}

TEST(Replace, AMemberThatIsWellAgainBeforeTheLaunchIsSentStays) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  world.SetFaults(
      {{.action = "RunInstances", .count = 1, .http_status = 409, .code = "LimitExceeded"}});
  const domain::InstanceId old = world.Members(key)[0].instance_id;
  TurnBad(world, key, {old});
  const absl::Time end = world.time.Now() + absl::Minutes(1);
  while (!world.ActivityOpen(key) && world.time.Now() < end)
    world.time.RunFor(absl::Milliseconds(1));
  world.time.RunFor(absl::Milliseconds(10));
  TurnGood(world, key, old);
  world.time.RunFor(absl::Minutes(5));
  EXPECT_EQ(world.Unrest(key, 2), "");
  EXPECT_EQ(world.Executed("RunInstances").size(), 2u);
  EXPECT_TRUE(world.Executed("TerminateInstances").empty());
}

TEST(Replace, AFailedLaunchRemovesNobodyAndHoldsNothingElseUp) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  world.SetFaults({{.action = "RunInstances", .mode = FaultMode::kBootError, .count = 1}});
  const domain::InstanceId old = world.Members(key)[0].instance_id;
  TurnBad(world, key, {old});
  const absl::Time end = world.time.Now() + absl::Minutes(10);
  while (world.Activities(key)[0].status != ActivityStatus::kFailed && world.time.Now() < end)
    world.time.RunFor(absl::Milliseconds(100));
  EXPECT_EQ(world.Activities(key)[0].type, ActivityType::kReplace);
  EXPECT_EQ(world.Unrest(key, 2), "");
  EXPECT_EQ(Unhealthy(world, key), 1) << "it was kept";
  EXPECT_EQ(world.Group(key).replacements_failed_in_a_row, 1);
  EXPECT_EQ(world.Group(key).retry_not_before, std::nullopt);
  // Its back-off has only begun, and capacity grows at once.
  world.SetDesired(key, 4);
  world.time.RunFor(absl::Seconds(14));
  EXPECT_EQ(world.Executed("RunInstances").size(), 5u);
  EXPECT_EQ(Heal(world, key, 4), "");
}

TEST(Replace, GoesOnInNewEnginesHands) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  auto first = std::make_unique<Engine>(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  TurnBad(world, key, {world.Members(key)[0].instance_id});
  world.time.RunFor(absl::Seconds(2));
  first->Kill();
  Engine second(world, 2);
  EXPECT_EQ(Heal(world, key, 2), "");
  EXPECT_EQ(world.Executed("RunInstances").size(), 3u);
}

TEST(Replace, RestsInADisabledGroup) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  world.Edit(key, [](auto& group) { group.status = domain::GroupStatus::kUnActive; });
  TurnBad(world, key, {world.Members(key)[0].instance_id});
  world.time.RunFor(absl::Minutes(10));
  EXPECT_EQ(world.Activities(key).size(), 1u);
  world.Edit(key, [](auto& group) { group.status = domain::GroupStatus::kActive; });
  EXPECT_EQ(Heal(world, key, 2), "");
}

TEST(Replace, FlappingMembersNeverStarveScaleOut) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  world.AddPolicy(key, domain::Comparison::kGreater, 70, 1);
  const absl::Time end = world.time.Now() + absl::Minutes(12);
  while (world.time.Now() < end) {
    for (const domain::Member& member : world.Members(key)) {
      if (member.life_cycle != domain::LifeCycle::kInService) continue;
      // One turns UnHealthy as soon as the last one was replaced.
      if (Unhealthy(world, key) == 0) TurnBad(world, key, {member.instance_id});
    }
    engine.PushCpu(world.Instances(key), 90);
    world.time.RunFor(absl::Seconds(10));
  }
  EXPECT_GE(world.Group(key).desired_capacity, 5);
  int replaced = 0;
  for (const activity::Activity& one : world.Activities(key))
    replaced += one.type == ActivityType::kReplace ? 1 : 0;
  EXPECT_GE(replaced, 5);
}

// ---- The breaker ----

int PendingOfType(World& world, int type) {
  int count = 0;
  EXPECT_TRUE(world.store
                  .Read([&](ports::Tx& tx) {
                    const auto pending = tx.outbox().Pending(100);
                    if (!pending.ok()) return pending.status();
                    for (const ports::OutboxEvent& event : *pending)
                      count += event.notification_type == type ? 1 : 0;
                    return absl::OkStatus();
                  })
                  .ok());
  return count;
}

TEST(ReplacementHold, IsWrittenDownOnceAndHoldsNothingElse) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 20, .max_size = 40});
  world.store.Subscribe(key, {5, 6});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 20), "");
  const std::vector<domain::Member> members = world.Members(key);
  std::vector<domain::InstanceId> bad;
  for (size_t i = 0; i < 8; ++i) bad.push_back(members[i].instance_id);
  TurnBad(world, key, bad);
  world.time.RunFor(absl::Minutes(20));
  ASSERT_EQ(world.Activities(key).size(), 2u);
  const activity::Activity record = world.Activities(key)[0];
  EXPECT_EQ(record.type, ActivityType::kReplace);
  EXPECT_EQ(record.status, ActivityStatus::kFailed);
  EXPECT_EQ(record.error_code, 1011);
  EXPECT_EQ(record.cause.text,
            "30% breaker: 8 of 20 members turned unhealthy within 5 minutes; replacement is held");
  EXPECT_EQ(PendingOfType(world, 6), 1);
  EXPECT_TRUE(world.Group(key).replacement_held_since.has_value());
  EXPECT_EQ(world.Executed("RunInstances").size(), 20u);

  world.SetDesired(key, 24);
  ASSERT_EQ(world.Settle(key, 24), "");
  EXPECT_EQ(Unhealthy(world, key), 8) << "still held: 8 of 24";

  // Two recover: the hold ends, and the six others are replaced, no more than a quarter at once.
  TurnGood(world, key, members[0].instance_id);
  TurnGood(world, key, members[1].instance_id);
  EXPECT_EQ(Heal(world, key, 24), "");
  EXPECT_EQ(world.Group(key).replacement_held_since, std::nullopt);
  EXPECT_EQ(PendingOfType(world, 6), 1);
  EXPECT_EQ(world.Executed("TerminateInstances").size(), 6u);
}

TEST(ReplacementHold, StopsWhatWasNotSent) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 4});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 4), "");
  world.SetFaults(
      {{.action = "RunInstances", .count = 4, .http_status = 409, .code = "LimitExceeded"}});
  const std::vector<domain::Member> members = world.Members(key);
  TurnBad(world, key, {members[0].instance_id});
  world.time.RunFor(absl::Milliseconds(1500));
  ASSERT_TRUE(world.ActivityOpen(key));
  TurnBad(world, key, {members[1].instance_id});
  world.time.RunFor(absl::Minutes(5));
  EXPECT_EQ(world.Unrest(key, 4), "");
  EXPECT_EQ(Unhealthy(world, key), 2);
  EXPECT_EQ(world.Executed("RunInstances").size(), 4u);
  ASSERT_GE(world.Activities(key).size(), 2u);
  EXPECT_EQ(world.Activities(key)[0].error_code, 1011);
}

// ---- Crashes ----

struct Scenario {
  int desired = 0;
  int max_size = 0;
  std::vector<cloudsim::FaultRule> faults;
};

int Run(const Scenario& scenario, int die_at) {
  World world;
  const ports::GroupKey key =
      world.MakeGroup({.desired = scenario.desired, .max_size = scenario.max_size});
  world.store.Subscribe(key, {1, 2, 3, 4, 5, 6});
  Engine first(world, 1);
  EXPECT_EQ(world.Settle(key, scenario.desired), "");
  world.SetFaults(scenario.faults);
  TurnBad(world, key, {world.Members(key)[0].instance_id});
  const int start = first.lifeline.passed();
  if (die_at > 0) first.lifeline.DieAt(start + die_at);
  std::unique_ptr<Engine> second;
  size_t most = 0;
  const auto healed = [&] {
    return Unhealthy(world, key) == 0 && world.Unrest(key, scenario.desired).empty();
  };
  const absl::Time end = world.time.Now() + absl::Minutes(15);
  while (world.time.Now() < end && !healed()) {
    world.time.RunFor(absl::Seconds(1));
    most = std::max(most, world.cloud.region().fleet().List().size());
    if (first.lifeline.dead() && second == nullptr) second = std::make_unique<Engine>(world, 2);
  }
  const int boundaries = first.lifeline.passed() - start;
  EXPECT_EQ(first.lifeline.dead(), die_at > 0) << "it never came to the boundary";
  world.time.RunFor(absl::Minutes(3));
  EXPECT_TRUE(healed()) << world.Unrest(key, scenario.desired) << " died "
                        << first.lifeline.died_at();
  EXPECT_EQ(world.Misdeeds(), "") << "died " << first.lifeline.died_at();
  EXPECT_LE(most, static_cast<size_t>(scenario.max_size));
  EXPECT_EQ(world.Group(key).desired_capacity, scenario.desired);
  std::map<int64_t, int> announced;
  EXPECT_TRUE(world.store
                  .Read([&](ports::Tx& tx) {
                    const auto pending = tx.outbox().Pending(100);
                    if (!pending.ok()) return pending.status();
                    for (const ports::OutboxEvent& event : *pending)
                      EXPECT_EQ(++announced[event.activity_id.value()], 1);
                    return absl::OkStatus();
                  })
                  .ok());
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

TEST(ReplaceCrash, AtEachBoundaryBelowMaxSize) {
  CrashEverywhere({.desired = 2, .max_size = 3, .faults = {}});
}

TEST(ReplaceCrash, AtEachBoundaryAtMaxSize) {
  CrashEverywhere({.desired = 2, .max_size = 2, .faults = {}});
}

TEST(ReplaceCrash, AtEachBoundaryOfALaunchWhoseAnswerIsLost) {
  CrashEverywhere({.desired = 2,
                   .max_size = 3,
                   .faults = {{.action = "RunInstances", .mode = FaultMode::kAcceptThenTimeout}}});
}

TEST(ReplaceCrash, AtEachBoundaryOfALaunchThatFails) {
  CrashEverywhere({.desired = 2,
                   .max_size = 3,
                   .faults = {{.action = "RunInstances", .mode = FaultMode::kBootError}}});
}

}  // namespace
}  // namespace accordion::control
