// Attach, detach and changed load balancers; answers of the listener are lost on the way.
#include "tests/crash_points/scenario.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;

const std::vector<cloudsim::FaultRule>& LostAnswers() {
  static const auto* rules = new std::vector<cloudsim::FaultRule>{
      {.action = "RegisterInstancesWithListener", .mode = FaultMode::kErrorAfterExecute},
      {.action = "RegisterInstancesWithListener", .mode = FaultMode::kAcceptThenTimeout},
      {.action = "DeregisterInstancesFromListener", .mode = FaultMode::kErrorAfterExecute}};
  return *rules;
}

// The group rests with `before` members of its own, and two instances of its user run; nobody's
// instance may be touched.
Scenario Membership(std::string name, int before, std::function<void(Stage&)> act, int after) {
  const auto prepare = [before](Stage& stage) {
    stage.ids = RunInstances(stage.world, 2);
    stage.RunUntilNothing([&] { return Wrong(stage.world, stage.key, before); }, absl::Minutes(5));
    stage.untouchable.insert(stage.ids.begin(), stage.ids.end());
    for (const domain::Member& member : stage.world.Members(stage.key))
      stage.untouchable.insert(IdOf(member));
    stage.world.SetFaults(LostAnswers());
  };
  return {.name = std::move(name),
          .group = {.desired = before, .max_size = 4},
          .prepare = prepare,
          .act = std::move(act),
          .wrong = [after](Stage& stage) { return Wrong(stage.world, stage.key, after); }};
}

void AttachBoth(Stage& stage) { Attach(stage.world, stage.key, stage.ids); }

void DetachTwo(Stage& stage) {
  const std::vector<domain::Member> members = stage.world.Members(stage.key);
  Detach(stage.world, stage.key, {IdOf(members[0]), IdOf(members[2])});
}

void ChangeListener(Stage& stage) { UseListener(stage.world, stage.key, 1); }

void DetachAmidAChange(Stage& stage) {
  ChangeListener(stage);
  stage.RunFor(absl::Milliseconds(1100));
  Detach(stage.world, stage.key, {IdOf(stage.world.Members(stage.key)[0])});
  Attach(stage.world, stage.key, {stage.ids[0]});
}

}  // namespace

std::vector<Scenario> MembershipScenarios() {
  return {Membership("Attach", 1, AttachBoth, 3), Membership("Detach", 3, DetachTwo, 1),
          Membership("RegistrationChange", 2, ChangeListener, 2),
          Membership("DetachAmidARegistrationChange", 2, DetachAmidAChange, 2)};
}

}  // namespace accordion::control
