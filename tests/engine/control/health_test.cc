// Members that stop, come back or are deleted behind the engine's back, and lists that lie.
#include <memory>

#include "base/status_macros.h"
#include "engine/control/listener_health.h"
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::InstanceState;
using domain::Health;

constexpr absl::Duration kPatience = absl::Minutes(15);

void DeleteOutOfBand(World& world, const std::string& id) {
  const absl::Status killed = world.cloud.region().Kill(
      {.account_id = world.account.value(), .action = "Kill"}, id, world.time.Now());
  EXPECT_TRUE(killed.ok()) << killed;
}

void Force(World& world, const std::string& id, InstanceState state) {
  const absl::Status forced = world.cloud.region().ForceState(
      {.account_id = world.account.value(), .action = "ForceState"}, id, state, world.time.Now());
  EXPECT_TRUE(forced.ok()) << forced;
}

// A group that rests with `desired` members.
struct Resting {
  explicit Resting(int desired, const GroupOptions& options = {}) : engine(world, 1) {
    GroupOptions all = options;
    all.desired = desired;
    key = world.MakeGroup(all);
    EXPECT_EQ(world.Settle(key, desired), "");
  }
  domain::Member Member(const std::string& id) {
    for (const domain::Member& one : world.Members(key)) {
      if (one.instance_id.value() == id) return one;
    }
    ADD_FAILURE() << id << " is no member";
    return {};
  }
  void Edit(const std::function<void(domain::Member&)>& edit, const std::string& id) {
    const absl::Status edited = world.store.Transact([&](ports::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(domain::Member member, tx.members().Lock(key, domain::InstanceId(id)));
      edit(member);
      return tx.members().Update(member);
    });
    EXPECT_TRUE(edited.ok()) << edited;
  }

  World world;
  ports::GroupKey key;
  Engine engine;
};

TEST(Health, AnInstanceThatIsDeletedOutOfBandIsRefilledOnce) {
  Resting group(4);
  const std::string gone = group.world.Instances(group.key)[1];
  DeleteOutOfBand(group.world, gone);
  EXPECT_EQ(group.world.Settle(group.key, 4, kPatience), "");
  EXPECT_EQ(group.world.Executed("RunInstances").size(), 5u);
  EXPECT_EQ(group.world.Misdeeds(), "");
  for (const domain::Member& member : group.world.Members(group.key))
    EXPECT_NE(member.instance_id.value(), gone);
}

TEST(Health, AnInstanceOfAnotherProjectIsNotHeldToBeGone) {
  Resting group(3, {.project_id = 101});
  group.world.time.RunFor(absl::Minutes(10));
  EXPECT_EQ(group.world.Unrest(group.key, 3), "");
  EXPECT_EQ(group.world.Executed("RunInstances").size(), 3u);
}

TEST(Health, AProtectedInstanceThatIsGoneIsRefilledToo) {
  Resting group(4);
  const std::string gone = group.world.Instances(group.key)[0];
  EXPECT_TRUE(
      group.world.store
          .Transact([&](ports::Tx& tx) {
            return tx.members().Protect(group.key, {domain::InstanceId(gone)}, true).status();
          })
          .ok());
  DeleteOutOfBand(group.world, gone);
  EXPECT_EQ(group.world.Settle(group.key, 4, kPatience), "");
  EXPECT_EQ(group.world.Misdeeds(), "");
}

TEST(Health, TheAddressThatAGoneInstanceHadIsReleased) {
  Resting group(4, {.address_project = 0});
  DeleteOutOfBand(group.world, group.world.Instances(group.key)[2]);
  EXPECT_EQ(group.world.Settle(group.key, 4, kPatience), "");  // compares addresses, too
  EXPECT_EQ(group.world.Executed("ReleaseAddress").size(), 1u);
}

TEST(Health, AGuestThatIsGoneIsClosedAndNothingIsTerminated) {
  Resting group(4);
  const std::string gone = group.world.Instances(group.key)[0];
  group.Edit([](domain::Member& one) { one.creation_type = domain::CreationType::kManual; }, gone);
  DeleteOutOfBand(group.world, gone);
  EXPECT_EQ(group.world.Settle(group.key, 4, kPatience), "");
  EXPECT_EQ(group.world.Executed("TerminateInstances").size(), 0u);
}

TEST(Health, AListThatLosesTooMuchChangesNothingUntilItHasSaidSoForLong) {
  Resting group(4);
  const std::vector<std::string> instances = group.world.Instances(group.key);
  DeleteOutOfBand(group.world, instances[0]);
  DeleteOutOfBand(group.world, instances[1]);
  group.world.time.RunFor(TestSettings().loss_patience - absl::Minutes(2));
  EXPECT_EQ(group.world.Members(group.key).size(), 4u);
  EXPECT_EQ(group.world.Executed("RunInstances").size(), 4u);
  EXPECT_EQ(group.world.Settle(group.key, 4, kPatience), "") << "it isn't sudden any more";
}

TEST(Health, AnInstanceThatReadsMayNotShowYetIsNotHeldToBeGone) {
  Settings settings = TestSettings();
  settings.steps.read_lag = absl::Minutes(4);
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 4});
  Engine engine(world, 1, settings);
  ASSERT_EQ(world.Settle(key, 4), "");
  DeleteOutOfBand(world, world.Instances(key)[0]);
  world.time.RunFor(settings.steps.read_lag - absl::Seconds(30));
  for (const domain::Member& member : world.Members(key))
    EXPECT_EQ(member.life_cycle, domain::LifeCycle::kInService);
  EXPECT_EQ(world.Settle(key, 4, absl::Minutes(20)), "");
}

TEST(Health, AListThatFailsSaysNothing) {
  Resting group(4);
  group.world.SetFaults({{.action = "DescribeInstances", .count = -1, .http_status = 500}});
  DeleteOutOfBand(group.world, group.world.Instances(group.key)[0]);
  group.world.time.RunFor(absl::Minutes(10));
  for (const domain::Member& member : group.world.Members(group.key))
    EXPECT_EQ(member.life_cycle, domain::LifeCycle::kInService);
  group.world.SetFaults({});
  EXPECT_EQ(group.world.Settle(group.key, 4, kPatience), "");
}

TEST(Health, AStoppedMemberOfADisabledGroupIsMarkedAndKept) {
  Resting group(2);
  group.world.Edit(group.key,
                   [](domain::ScalingGroup& one) { one.status = domain::GroupStatus::kUnActive; });
  const std::string stopped = group.world.Instances(group.key)[0];
  const absl::Time stopped_at = group.world.time.Now();
  Force(group.world, stopped, InstanceState::kStopped);
  group.world.time.RunFor(absl::Minutes(3));
  const domain::Member marked = group.Member(stopped);
  EXPECT_EQ(marked.health, Health::kUnHealthy);
  ASSERT_TRUE(marked.unhealthy_since.has_value());
  EXPECT_GE(*marked.unhealthy_since, stopped_at + 2 * TestSettings().account_sweep);
  Force(group.world, stopped, InstanceState::kActive);
  group.world.time.RunFor(absl::Minutes(3));
  EXPECT_EQ(group.Member(stopped).health, Health::kHealthy);
  EXPECT_FALSE(group.Member(stopped).unhealthy_since.has_value());
  EXPECT_EQ(group.world.Executed("RunInstances").size(), 2u);
}

TEST(Health, CallsGrowWithAccountsAndNotWithGroups) {
  const auto lists = [](int groups) {
    World world;
    Engine engine(world, 1);
    for (int i = 0; i < groups; ++i) {
      const ports::GroupKey key = world.MakeGroup({.desired = 1, .with_listener = false});
      EXPECT_EQ(world.Settle(key, 1), "");
    }
    const int before = engine.lifeline.passed();
    world.time.RunFor(absl::Minutes(4));
    return engine.lifeline.passed() - before;
  };
  EXPECT_LE(lists(8), lists(1) + 40) << "a resync each, and no list more";
}

TEST(Health, AtEachBoundaryOfARefillTheEngineMayDie) {
  const auto run = [](int die_at) {
    World world;
    auto first = std::make_unique<Engine>(world, 1);
    const ports::GroupKey key = world.MakeGroup({.desired = 4});
    EXPECT_EQ(world.Settle(key, 4), "");
    DeleteOutOfBand(world, world.Instances(key)[0]);
    const int start = first->lifeline.passed();
    if (die_at > 0) first->lifeline.DieAt(start + die_at);
    std::unique_ptr<Engine> second;
    const absl::Time end = world.time.Now() + kPatience;
    while (world.time.Now() < end && !world.Unrest(key, 4).empty()) {
      world.time.RunFor(absl::Seconds(1));
      if (first->lifeline.dead() && second == nullptr) second = std::make_unique<Engine>(world, 2);
    }
    const int boundaries = first->lifeline.passed() - start;
    world.time.RunFor(absl::Minutes(3));
    EXPECT_EQ(world.Unrest(key, 4), "") << "died " << first->lifeline.died_at();
    EXPECT_EQ(world.Misdeeds(), "") << "died " << first->lifeline.died_at();
    EXPECT_EQ(world.Executed("RunInstances").size(), 5u);
    return boundaries;
  };
  const int boundaries = run(0);
  ASSERT_GT(boundaries, 20);
  for (int die_at = 1; die_at <= boundaries && !::testing::Test::HasFailure(); ++die_at) {
    SCOPED_TRACE(absl::StrCat("boundary ", die_at, " of ", boundaries));
    run(die_at);
  }
}

// Answers what it is told to, for one listener.
class ToldListener final : public ports::LoadBalancerCloud {
 public:
  absl::StatusOr<std::string> Register(const domain::AccountId&,
                                       const activity::Register&) override {
    return absl::UnimplementedError("only lists");
  }
  absl::StatusOr<std::vector<ports::RealServer>> List(const domain::AccountId&,
                                                      const domain::ListenerId&) override {
    ++lists;
    return answer;
  }
  absl::Status Deregister(const domain::AccountId&, absl::string_view) override {
    return absl::UnimplementedError("only lists");
  }
  absl::StatusOr<std::vector<ports::RealServer>> answer;
  int lists = 0;
};

TEST(Health, AListenerSpeaksWhereItsGroupAsksForItAndOfOurRegistrationsOnly) {
  using domain::ListenerWord;
  World world;
  const ports::GroupKey asked = world.MakeGroup();
  const ports::GroupKey unasked = world.MakeGroup();
  world.Edit(asked, [](domain::ScalingGroup& group) {
    group.slb_configs[0].health_check = domain::HealthCheck::kSlb;
  });
  const domain::ListenerId listener = world.Group(asked).slb_configs[0].listener_id;
  domain::Member member;
  member.group_id = asked.group_id;
  member.life_cycle = domain::LifeCycle::kInService;
  member.registrations = {{listener, 80, "r-1"}, {listener, 81, "r-2"}};
  domain::Member other = member;
  other.group_id = unasked.group_id;
  AccountSnapshot snapshot;
  snapshot.account = world.account;
  snapshot.members = {member, other};

  ToldListener balancer;
  const auto server = [](const char* id, bool healthy) {
    ports::RealServer one;
    one.register_id = id;
    one.healthy = healthy;
    return one;
  };
  const auto word = [&](absl::StatusOr<std::vector<ports::RealServer>> answer,
                        const domain::Member& of) {
    balancer.answer = std::move(answer);
    return ListenerHealth(world.store, balancer, snapshot).WordOf(of);
  };
  using Servers = std::vector<ports::RealServer>;
  EXPECT_EQ(word(Servers{server("r-1", true), server("r-2", true), server("r-3", false)}, member),
            ListenerWord::kHealthy);
  EXPECT_EQ(word(Servers{server("r-1", true), server("r-2", false)}, member),
            ListenerWord::kUnhealthy);
  EXPECT_EQ(word(Servers{server("r-1", true)}, member), ListenerWord::kUnread);
  EXPECT_EQ(word(absl::UnavailableError("away"), member), ListenerWord::kUnread);
  EXPECT_EQ(word(Servers{server("r-1", false)}, other), ListenerWord::kNone);
  EXPECT_EQ(balancer.lists, 5) << "once a pass, not once a member";
}

}  // namespace
}  // namespace accordion::control
