// Attach, detach and changes of load balancers from end to end, and every single crash of each.
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;
using cloudsim::FaultRule;
using domain::ActivityStatus;
using domain::ActivityType;
using domain::LifeCycle;

// Instances that their user runs, in the order of ids.
std::vector<std::string> RunInstances(World& world, int count, int subnet = 0) {
  const cloudsim::RegionSpec& spec = world.cloud.region().spec();
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    const cloudsim::LaunchRequest request{
        .image_id = spec.images[0].id,
        .instance_type = "N3.1A",
        .subnet_id = spec.subnets[static_cast<size_t>(subnet)].id,
        .security_group_ids = {spec.security_groups[0].id},
        .charge_type = "HourlyInstantSettlement",
        .name = "mine",
        .host_name = {},
        .tags = {{"as.intent", absl::StrCat("mine-", subnet, "-", i)}}};
    const auto made = world.cloud.region().RunInstances(
        {.account_id = world.account.value(), .action = "RunInstances"}, request, world.time.Now());
    EXPECT_TRUE(made.ok()) << made.status();
    ids.push_back(made->front().id);
  }
  world.time.RunFor(spec.boot_max);
  return ids;
}

// As AttachInstance does.
void Attach(World& world, const ports::GroupKey& key, const std::vector<std::string>& ids,
            const std::string& cause = "attached by a user") {
  std::vector<domain::InstanceId> wanted;
  for (const std::string& id : ids) wanted.emplace_back(id);
  const auto instances = world.cloud.Instances(world.account, {0}, wanted);
  ASSERT_TRUE(instances.ok()) << instances.status();
  const absl::Status done = world.store.Transact([&](ports::Tx& tx) -> absl::Status {
    auto group = tx.groups().Lock(key);
    if (!group.ok()) return group.status();
    for (const ports::InstanceInfo& one : *instances) {
      domain::Member member;
      member.instance_id = one.id;
      member.group_id = key.group_id;
      member.account_id = key.account_id;
      member.life_cycle = LifeCycle::kAttaching;
      member.creation_type = domain::CreationType::kManual;
      member.subnet_id = one.subnet_id;
      member.private_ip = one.private_ip;
      member.network_interface_id = one.network_interface_id;
      member.add_time = tx.Now();
      member.request_cause = cause;
      if (absl::Status inserted = tx.members().Insert(member); !inserted.ok()) return inserted;
    }
    group->desired_capacity += static_cast<int>(ids.size());
    group->desired_cause = {.kind = domain::TriggerKind::kAttach, .text = cause};
    return tx.groups().Update(*group);
  });
  ASSERT_TRUE(done.ok()) << done;
}

// As DetachInstance does.
void Detach(World& world, const ports::GroupKey& key, const std::vector<std::string>& ids,
            const std::string& cause = "detached by a user") {
  const absl::Status done = world.store.Transact([&](ports::Tx& tx) -> absl::Status {
    auto group = tx.groups().Lock(key);
    if (!group.ok()) return group.status();
    for (const std::string& id : ids) {
      auto member = tx.members().Lock(key, domain::InstanceId(id));
      if (!member.ok()) return member.status();
      member->life_cycle = LifeCycle::kDetaching;
      member->request_cause = cause;
      if (absl::Status updated = tx.members().Update(*member); !updated.ok()) return updated;
    }
    group->desired_capacity -= static_cast<int>(ids.size());
    group->desired_cause = {.kind = domain::TriggerKind::kDetach, .text = cause};
    return tx.groups().Update(*group);
  });
  ASSERT_TRUE(done.ok()) << done;
}

// The group's listener 0 at port 80, or listener 1 at ports 90 and 91, or none.
void UseListener(World& world, const ports::GroupKey& key, int listener) {
  const cloudsim::LoadBalancerSpec balancer = world.cloud.region().spec().load_balancers[0];
  world.Edit(key, [&](domain::ScalingGroup& group) {
    group.slb_configs.clear();
    if (listener < 0) return;
    const std::string& id = balancer.listeners[static_cast<size_t>(listener)].id;
    group.slb_configs = {
        {.load_balancer_id = balancer.id,
         .listener_id = domain::ListenerId(id),
         .ports = listener == 0 ? std::vector<int>{80} : std::vector<int>{90, 91}}};
  });
}

// Everything that is registered anywhere: "listener:port" -> instances.
std::map<std::string, std::multiset<std::string>> RealServers(World& world) {
  std::map<std::string, std::multiset<std::string>> servers;
  for (const cloudsim::Listener* listener :
       world.cloud.region().ListListeners(world.account.value())) {
    for (const cloudsim::RealServer& one : listener->real_servers)
      servers[absl::StrCat(one.listener_id, ":", one.port)].insert(one.instance_id);
  }
  return servers;
}

// What is wrong if the group should rest with `desired` members, each registered once at each
// endpoint, and nothing registered besides.
std::string Wrong(World& world, const ports::GroupKey& key, int desired) {
  std::multiset<std::string> ids;
  for (const domain::Member& member : world.Members(key)) {
    if (member.life_cycle != LifeCycle::kInService || member.activity_id || member.request_cause)
      return member.instance_id.value() + " is not at rest";
    ids.insert(member.instance_id.value());
  }
  if (static_cast<int>(ids.size()) != desired) return absl::StrCat(ids.size(), " members");
  if (world.ActivityOpen(key)) return "an activity is open";
  if (world.Group(key).desired_capacity != desired) return "another desired capacity";
  std::map<std::string, std::multiset<std::string>> wanted;
  for (const domain::SlbConfig& slb : world.Group(key).slb_configs) {
    for (const int port : slb.ports) {
      if (!ids.empty()) wanted[absl::StrCat(slb.listener_id.value(), ":", port)] = ids;
    }
  }
  if (RealServers(world) != wanted) return "other registrations";
  return "";
}

std::string Settle(World& world, const ports::GroupKey& key, int desired,
                   absl::Duration limit = absl::Minutes(10)) {
  const absl::Time end = world.time.Now() + limit;
  while (!Wrong(world, key, desired).empty() && world.time.Now() < end)
    world.time.RunFor(absl::Seconds(1));
  return Wrong(world, key, desired);
}

bool Runs(World& world, const std::string& id) {
  const cloudsim::Instance* instance = world.cloud.region().fleet().Find(id);
  return instance != nullptr && instance->state == cloudsim::InstanceState::kActive;
}

std::string IdOf(const domain::Member& member) { return member.instance_id.value(); }

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

// ---- crashes ----

struct Scenario {
  std::vector<FaultRule> faults;
  int desired = 0;  // the group rests here first
  std::function<void(World&, const ports::GroupKey&, const std::vector<std::string>&)> act;
  int after = 0;
};

// Runs the scenario with a death at boundary `die_at` after the act (0: none). Returns the
// boundaries that it came to.
int Run(const Scenario& scenario, int die_at) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = scenario.desired});
  const std::vector<std::string> ids = RunInstances(world, 2);
  Engine first(world, 1);
  EXPECT_EQ(Settle(world, key, scenario.desired), "");
  std::set<std::string> alive(ids.begin(), ids.end());
  for (const domain::Member& member : world.Members(key)) alive.insert(IdOf(member));
  world.SetFaults(scenario.faults);
  scenario.act(world, key, ids);
  const int start = first.lifeline.passed();
  if (die_at > 0) first.lifeline.DieAt(start + die_at);
  std::unique_ptr<Engine> second;
  const absl::Time end = world.time.Now() + absl::Minutes(10);
  while (world.time.Now() < end && !Wrong(world, key, scenario.after).empty()) {
    world.time.RunFor(absl::Seconds(1));
    if (first.lifeline.dead() && second == nullptr) second = std::make_unique<Engine>(world, 2);
  }
  const int boundaries = first.lifeline.passed() - start;
  EXPECT_EQ(first.lifeline.dead(), die_at > 0) << "it never came to the boundary";
  world.time.RunFor(absl::Minutes(3));
  EXPECT_EQ(Wrong(world, key, scenario.after), "") << "died " << first.lifeline.died_at();
  for (const std::string& id : alive) EXPECT_TRUE(Runs(world, id)) << id;
  EXPECT_TRUE(world.Executed("TerminateInstances").empty());
  return boundaries;
}

void CrashEverywhere(const Scenario& scenario) {
  const int boundaries = Run(scenario, 0);
  ASSERT_GT(boundaries, 15);
  for (int die_at = 1; die_at <= boundaries && !::testing::Test::HasFailure(); ++die_at) {
    SCOPED_TRACE(absl::StrCat("boundary ", die_at, " of ", boundaries));
    Run(scenario, die_at);
  }
  ::testing::Test::RecordProperty("boundaries", boundaries);
}

const std::vector<FaultRule> kLostAnswers = {
    {.action = "RegisterInstancesWithListener", .mode = FaultMode::kErrorAfterExecute},
    {.action = "RegisterInstancesWithListener", .mode = FaultMode::kAcceptThenTimeout},
    {.action = "DeregisterInstancesFromListener", .mode = FaultMode::kErrorAfterExecute}};

TEST(MembershipCrash, AtEachBoundaryOfAnAttach) {
  const auto attach = [](World& world, const ports::GroupKey& key, const auto& ids) {
    Attach(world, key, ids);
  };
  CrashEverywhere({.faults = {}, .desired = 1, .act = attach, .after = 3});
  CrashEverywhere({.faults = kLostAnswers, .desired = 1, .act = attach, .after = 3});
}

TEST(MembershipCrash, AtEachBoundaryOfADetach) {
  const auto detach = [](World& world, const ports::GroupKey& key, const auto&) {
    const std::vector<domain::Member> members = world.Members(key);
    Detach(world, key, {IdOf(members[0]), IdOf(members[2])});
  };
  CrashEverywhere({.faults = kLostAnswers, .desired = 3, .act = detach, .after = 1});
}

TEST(MembershipCrash, AtEachBoundaryOfAChangeOfLoadBalancers) {
  CrashEverywhere({.faults = kLostAnswers,
                   .desired = 2,
                   .act = [](World& world, const ports::GroupKey& key,
                             const auto&) { UseListener(world, key, 1); },
                   .after = 2});
}

TEST(MembershipCrash, AtEachBoundaryOfADetachAmidAChangeOfLoadBalancers) {
  CrashEverywhere({.faults = kLostAnswers,
                   .desired = 2,
                   .act =
                       [](World& world, const ports::GroupKey& key, const auto& ids) {
                         UseListener(world, key, 1);
                         while (!world.ActivityOpen(key)) world.time.RunFor(absl::Milliseconds(20));
                         Detach(world, key, {IdOf(world.Members(key)[0])});
                         Attach(world, key, {ids[0]});
                       },
                   .after = 2});
}

}  // namespace
}  // namespace accordion::control
