// Launches and removals that the cloud answers honestly.
#include <utility>

#include "gtest/gtest.h"

#include "tests/crash_points/scenario.h"

namespace accordion::control {
namespace {

std::function<void(Stage&)> Rest(int desired) {
  return [desired](Stage& stage) {
    stage.RunUntilNothing([&] { return stage.world.Unrest(stage.key, desired); }, absl::Minutes(5));
  };
}

std::function<void(Stage&)> Ask(int desired) {
  return [desired](Stage& stage) { stage.world.SetDesired(stage.key, desired); };
}

std::function<std::string(Stage&)> RestsAt(int desired) {
  return [desired](Stage& stage) { return stage.world.Unrest(stage.key, desired); };
}

// The group rests at `before` and is asked for `after`.
Scenario Change(std::string name, GroupOptions group, int before, int after) {
  group.desired = before;
  return {.name = std::move(name),
          .group = std::move(group),
          .prepare = Rest(before),
          .act = Ask(after),
          .wrong = RestsAt(after)};
}

// A member that its user attached is let go with the others, and left running.
Scenario ScaleInOfAManualMember() {
  return {.name = "ScaleInOfAManualMember",
          .group = {.desired = 2, .max_size = 3},
          .prepare =
              [](Stage& stage) {
                stage.ids = RunInstances(stage.world, 1);
                stage.untouchable.insert(stage.ids[0]);
                Rest(2)(stage);
                Attach(stage.world, stage.key, stage.ids);
                stage.RunUntilNothing([&] { return Wrong(stage.world, stage.key, 3); },
                                      absl::Minutes(5));
              },
          .act = Ask(0),
          .wrong = [](Stage& stage) { return Wrong(stage.world, stage.key, 0); }};
}

// Its user protects members while others are being picked: whom the flag reached stays.
Scenario ProtectDuringAScaleIn() {
  return {.name = "ProtectDuringAScaleIn",
          .group = {.desired = 4, .max_size = 4},
          .prepare = Rest(4),
          .act =
              [](Stage& stage) {
                const std::vector<domain::Member> members = stage.world.Members(stage.key);
                stage.world.SetDesired(stage.key, 2);
                for (const size_t i : {0u, 2u}) {
                  stage.RunFor(absl::Milliseconds(500));
                  const absl::Status set = stage.world.store.Transact([&](ports::Tx& tx) {
                    return tx.members().Protect(stage.key, {members[i].instance_id}, true).status();
                  });
                  if (set.ok()) stage.untouchable.insert(IdOf(members[i]));
                }
              },
          .wrong = RestsAt(2)};
}

// Desired falls while launches are under way, some of which the cloud throttles.
Scenario DesiredLoweredDuringLaunches() {
  return {.name = "DesiredLoweredDuringLaunches",
          .group = {.max_size = 5},
          .prepare = Rest(0),
          .act =
              [](Stage& stage) {
                stage.world.SetFaults({{.action = "RunInstances",
                                        .count = 2,
                                        .http_status = 409,
                                        .code = "LimitExceeded",
                                        .message = "LimitExceeded "}});
                stage.world.SetDesired(stage.key, 5);
                stage.RunFor(absl::Seconds(1));
                stage.world.SetDesired(stage.key, 2);
              },
          .wrong = RestsAt(2)};
}

// A disable cancels what has sent nothing; an enable begins again.
Scenario CancelByDisable() {
  const auto set_status = [](Stage& stage, domain::GroupStatus status) {
    stage.world.Edit(stage.key, [&](domain::ScalingGroup& group) { group.status = status; });
  };
  return {.name = "CancelByDisable",
          .group = {.max_size = 3},
          .prepare = Rest(0),
          .act =
              [set_status](Stage& stage) {
                stage.world.cloud.SetUnreachable(true);
                stage.world.SetDesired(stage.key, 3);
                stage.RunFor(absl::Seconds(3));
                set_status(stage, domain::GroupStatus::kUnActive);
                stage.RunFor(absl::Seconds(30));
                stage.world.cloud.SetUnreachable(false);
                stage.RunFor(absl::Seconds(5));
                set_status(stage, domain::GroupStatus::kActive);
              },
          .wrong = RestsAt(3)};
}

// Something happens to one member behind the engine's back: it makes way for another one, and
// nobody else does.
Scenario Misfortune(std::string name, int max_size,
                    std::function<void(World&, const std::string&)> strike) {
  const auto act = [strike](Stage& stage) {
    const std::vector<domain::Member> members = stage.world.Members(stage.key);
    stage.ids = {IdOf(members[0])};
    for (size_t i = 1; i < members.size(); ++i) stage.untouchable.insert(IdOf(members[i]));
    strike(stage.world, stage.ids[0]);
  };
  const auto wrong = [](Stage& stage) -> std::string {
    for (const domain::Member& member : stage.world.Members(stage.key)) {
      if (IdOf(member) == stage.ids[0]) return "the one that was struck is still a member";
    }
    return stage.world.Unrest(stage.key, 4);
  };
  return {.name = std::move(name),
          .group = {.desired = 4, .max_size = max_size},
          .prepare = Rest(4),
          .act = act,
          .wrong = wrong};
}

void Stop(World& world, const std::string& id) {
  const absl::Status stopped =
      world.cloud.region().ForceState({.account_id = world.account.value(), .action = "ForceState"},
                                      id, cloudsim::InstanceState::kStopped, world.time.Now());
  EXPECT_TRUE(stopped.ok()) << stopped;
}

void DeleteOutOfBand(World& world, const std::string& id) {
  const absl::Status killed = world.cloud.region().Kill(
      {.account_id = world.account.value(), .action = "Kill"}, id, world.time.Now());
  EXPECT_TRUE(killed.ok()) << killed;
}

}  // namespace

std::vector<Scenario> CapacityScenarios() {
  return {Change("ScaleOut", {.max_size = 5, .with_listener = false}, 0, 5),
          Change("ScaleOutWithListener", {.max_size = 4}, 1, 4),
          Change("ScaleOutWithAddresses", {.max_size = 3, .address_project = 0}, 0, 3),
          Change("ScaleIn", {.max_size = 4}, 4, 1),
          Change("ScaleInWithAddresses", {.max_size = 4, .address_project = 0}, 4, 1),
          ScaleInOfAManualMember(),
          ProtectDuringAScaleIn(),
          DesiredLoweredDuringLaunches(),
          CancelByDisable(),
          Misfortune("ReplaceLaunchFirst", 5, Stop),
          Misfortune("ReplaceAtMaxSize", 4, Stop),
          Misfortune("GoneMember", 4, DeleteOutOfBand)};
}

}  // namespace accordion::control
