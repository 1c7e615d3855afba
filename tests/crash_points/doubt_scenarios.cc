// Calls whose outcome is lost, late or bad.
#include <utility>

#include "tests/crash_points/scenario.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;
using cloudsim::FaultRule;

std::function<std::string(Stage&)> RestsAt(int desired) {
  return [desired](Stage& stage) { return stage.world.Unrest(stage.key, desired); };
}

// An empty group is asked for `desired` while the cloud behaves as `faults` say.
Scenario Launches(std::string name, std::vector<FaultRule> faults, int desired,
                  bool with_addresses = false) {
  GroupOptions group{.max_size = desired};
  if (with_addresses) group.address_project = 0;
  return {.name = std::move(name),
          .group = std::move(group),
          .prepare = [](Stage& stage) { stage.RunFor(absl::Seconds(2)); },
          .act =
              [faults, desired](Stage& stage) {
                stage.world.SetFaults(faults);
                stage.world.SetDesired(stage.key, desired);
              },
          .wrong = RestsAt(desired)};
}

FaultRule Always(const char* action) {
  return {.action = action, .mode = FaultMode::kError, .count = -1};
}

// A launch outlived its activity: look-ups failed until the deadline, and only now it is seen.
Scenario LateArrival() {
  return {.name = "LateArrival",
          .group = {.max_size = 1},
          .prepare =
              [](Stage& stage) {
                stage.world.SetFaults(
                    {{.action = "RunInstances", .mode = FaultMode::kAcceptThenTimeout},
                     Always("DescribeInstances")});
                stage.world.SetDesired(stage.key, 1);
                stage.RunFor(domain::kActivityDeadline + absl::Minutes(10));
              },
          .act = [](Stage& stage) { stage.world.SetFaults({}); },
          .wrong = RestsAt(1)};
}

Scenario StockOutFallback() {
  return {.name = "StockOutFallback",
          .group = {.max_size = 4, .instance_types = {"N3.1A", "N3.2B"}},
          .prepare =
              [](Stage& stage) {
                stage.RunFor(absl::Seconds(2));
                const cloudsim::RegionSpec& spec = stage.world.cloud.region().spec();
                // The first type sells out in one zone at once, in the other after one instance.
                stage.world.cloud.region().SetStock("N3.1A", spec.subnets[0].zone, 0).IgnoreError();
                stage.world.cloud.region().SetStock("N3.1A", spec.subnets[1].zone, 1).IgnoreError();
              },
          .act = [](Stage& stage) { stage.world.SetDesired(stage.key, 4); },
          .wrong = RestsAt(4)};
}

// Launches that are refused for good pause; the probe goes through, and the group goes on.
Scenario LaunchPause() {
  return {.name = "LaunchPause",
          .group = {.max_size = 3, .with_listener = false},
          .prepare =
              [](Stage& stage) {
                stage.world.SetFaults({{.action = "RunInstances",
                                        .count = -1,
                                        .http_status = 400,
                                        .code = "ImageNotFound"}});
                stage.world.SetDesired(stage.key, 3);
                stage.RunFor(absl::Minutes(10));
              },
          .act =
              [](Stage& stage) {
                stage.RunFor(absl::Minutes(5));
                stage.world.SetFaults({});
              },
          .wrong = RestsAt(3),
          .patience = absl::Minutes(45)};
}

}  // namespace

std::vector<Scenario> DoubtScenarios() {
  const FaultRule boot_error{.action = "RunInstances", .mode = FaultMode::kBootError};
  const FaultRule executed_503{
      .action = "RunInstances", .mode = FaultMode::kErrorAfterExecute, .http_status = 503};
  const FaultRule accepted{.action = "RunInstances", .mode = FaultMode::kAcceptThenTimeout};
  const FaultRule held{.action = "RunInstances", .mode = FaultMode::kHoldBefore};
  const FaultRule delayed{
      .action = "RunInstances", .mode = FaultMode::kDelayBefore, .delay = absl::Seconds(45)};
  const FaultRule release_lost{.action = "ReleaseAddress", .mode = FaultMode::kErrorAfterExecute};
  const FaultRule release_503{.action = "ReleaseAddress", .http_status = 503};
  const FaultRule register_lost{.action = "RegisterInstancesWithListener",
                                .mode = FaultMode::kErrorAfterExecute};
  const FaultRule refused{
      .action = "RunInstances", .http_status = 400, .code = "InvalidParameterValue"};
  return {
      Launches("UnknownLaunchFound", {accepted, executed_503, register_lost}, 3),
      Launches("UnknownLaunchArrivesLate", {delayed}, 2),
      Launches("UnknownLaunchAbandoned", {held}, 2),
      Launches("UnknownLaunchWithAddress", {accepted, release_lost}, 2, /*with_addresses=*/true),
      Launches("UndoneLaunch", {boot_error}, 2),
      Launches("UndoneLaunchWithAddress", {boot_error, release_lost, release_503}, 2,
               /*with_addresses=*/true),
      Launches("PartialFailureAndRetry", {refused}, 3),
      StockOutFallback(),
      LateArrival(),
      LaunchPause()};
}

}  // namespace accordion::control
