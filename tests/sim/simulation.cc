#include "tests/sim/simulation.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "tests/sim/activity_checker.h"
#include "tests/sim/agents.h"
#include "tests/sim/capacity_checker.h"
#include "tests/sim/fleet.h"
#include "tests/sim/launch_checker.h"
#include "tests/sim/removal_checker.h"
#include "tests/sim/sim_region.h"
#include "tests/sim/stage.h"
#include "tests/sim/tenant.h"
#include "tests/sim/weather.h"

namespace accordion::sim {
namespace {

constexpr int kGroups = 50;

control::Settings DrawSettings(base::Rng& rng) {
  control::Settings settings;
  settings.language = activity::Language::kEnglish;
  settings.steps.signature_window = absl::Minutes(base::UniformBetween(rng, 2, 15));
  settings.steps.call_timeout = absl::Minutes(1);
  settings.steps.read_lag = absl::Minutes(base::UniformBetween(rng, 1, 4));
  settings.steps.drain = absl::Seconds(base::UniformBetween(rng, 0, 30));
  settings.notify.retry_max = absl::Minutes(10);
  settings.steps.launch_timeout = absl::Minutes(base::UniformBetween(rng, 5, 15));
  return settings;
}

void SetUpAccounts(Stage& stage) {
  const absl::Status made = stage.store.Transact([&](ports::Tx& tx) -> absl::Status {
    for (const cloudsim::AccountSpec& account : stage.cloud.region().spec().accounts) {
      const domain::AccountId id(account.id);
      absl::Status put = tx.accounts().PutAccount({.id = id, .name = account.id, .frozen = false});
      if (!put.ok()) return put;
      put = tx.contacts().Put({.id = "contact",
                               .account_id = id,
                               .kind = ports::ContactKind::kEmail,
                               .address = "ops@example.com",
                               .secret = {},
                               .enabled = true});
      if (!put.ok()) return put;
    }
    return absl::OkStatus();
  });
  if (!made.ok()) stage.verdict.Violate(0, stage.time.Now(), made.ToString());
}

RunResult ResultOf(const Stage& stage, const Fleet& fleet,
                   const std::vector<std::unique_ptr<Tenant>>& tenants) {
  RunResult result;
  result.seed = stage.seed;
  result.hash = stage.trace.hash();
  result.events = stage.events();
  result.simulated_hours = absl::ToDoubleHours(stage.clock.Now() - stage.start);
  result.group_hours = result.simulated_hours * kGroups;
  result.engine_starts = fleet.starts();
  for (const auto& tenant : tenants) result.requests += tenant->requests();
  for (int i = 0; i < kFaultCount; ++i) {
    result.struck[static_cast<size_t>(i)] = stage.faults.Struck(static_cast<Fault>(i));
  }
  for (int i = 0; i < kInvariantCount; ++i) {
    result.evaluated[static_cast<size_t>(i)] = stage.verdict.evaluated(i);
    result.exercised[static_cast<size_t>(i)] = stage.verdict.exercised(i);
  }
  result.violation = stage.verdict.violation();
  if (result.violation.has_value()) {
    result.violated_after_seconds = absl::ToDoubleSeconds(result.violation->at - stage.start);
  }
  result.last_lines = stage.trace.LastLines();
  return result;
}

}  // namespace

RunResult Run(const RunOptions& options) {
  base::SeededRng rng(options.seed);
  cloudsim::RegionSpec region = DrawRegion(rng);
  const control::Settings settings = DrawSettings(rng);
  Stage stage({.seed = options.seed, .calm = options.calm, .lines = options.lines},
              std::move(region), settings.steps.signature_window);
  stage.Add(std::make_unique<LaunchChecker>(stage.truth, stage.verdict));
  stage.Add(std::make_unique<ActivityChecker>(stage.truth, stage.verdict, stage.faults));
  stage.Add(std::make_unique<RemovalChecker>(stage.truth, stage.verdict, settings.steps.drain));
  stage.Add(std::make_unique<CapacityChecker>(stage.truth, stage.verdict, stage.samples));
  SetUpAccounts(stage);

  Fleet fleet(stage, static_cast<int>(base::UniformBetween(rng, 2, 3)), settings);
  Weather weather(stage, {.latest_arrival = settings.steps.signature_window,
                          .longest_lag = settings.steps.read_lag});
  std::vector<std::unique_ptr<Tenant>> tenants;
  int left = kGroups;
  for (int number = 1; number <= kAccounts; ++number) {
    const int share = left / (kAccounts - number + 1);
    left -= share;
    tenants.push_back(std::make_unique<Tenant>(stage, fleet, number, share));
  }
  Agents agents(stage, fleet);

  const double hours = options.hours > 0 ? options.hours : 0.5 + 1.5 * base::UniformUnit(rng);
  if (stage.RunUntil(stage.start + absl::Hours(hours))) {
    stage.trace.Note(stage.time.Now(), "heal", [] { return std::string(); });
    stage.faults.Heal();
    weather.Heal();
    fleet.Heal();
    for (const auto& tenant : tenants) tenant->Rest();
    // T_orphan or T_conv, whichever is longer, plus the activity's own times.
    if (stage.RunUntil(stage.time.Now() + absl::Minutes(90))) {
      for (const auto& tenant : tenants) tenant->Account();
      stage.Rest();
    }
  }
  return ResultOf(stage, fleet, tenants);
}

}  // namespace accordion::sim
