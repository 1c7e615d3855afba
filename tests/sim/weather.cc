#include "tests/sim/weather.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

using cloudsim::FaultMode;
using cloudsim::FaultRule;

constexpr absl::Duration kLongestShortage = absl::Minutes(20);
constexpr absl::Duration kLongestOutage = absl::Minutes(10);

FaultRule Refusal(int http_status, std::string code) {
  return {.action = {},
          .account_id = {},
          .mode = FaultMode::kError,
          .http_status = http_status,
          .code = std::move(code)};
}

FaultRule Mode(FaultMode mode) { return {.action = {}, .account_id = {}, .mode = mode}; }

bool IsRead(absl::string_view action) { return absl::StartsWith(action, "Describe"); }

}  // namespace

Weather::Weather(Stage& stage, const WeatherLimits& limits) : stage_(stage), limits_(limits) {
  stage_.cloud.SetFaultSource([this](absl::string_view action, absl::string_view account) {
    return FaultOf(action, account);
  });
  stage_.cloud.SetBlindness(
      [this](const cloudsim::Instance& instance, bool by_id) { return Hides(instance, by_id); });
  stage_.In(absl::Minutes(1), [this] { Tick(); });
}

void Weather::Heal() {
  stage_.cloud.SetUnreachable(false);
  revoked_until_.clear();
  full_until_ = quota_until_ = absl::InfinitePast();
  for (const cloudsim::InstanceTypeSpec& type : stage_.cloud.region().spec().instance_types) {
    for (const auto& [zone, count] : type.stock) {
      (void)stage_.cloud.region().SetStock(type.name, zone, count);
    }
  }
}

std::optional<FaultRule> Weather::FaultOf(absl::string_view action, absl::string_view account) {
  if (stage_.faults.healed()) return std::nullopt;
  const auto revoked = revoked_until_.find(std::string(account));
  if (revoked != revoked_until_.end() && stage_.time.Now() < revoked->second) {
    return Refusal(403, "InvalidClientTokenId");
  }
  if (stage_.faults.Strikes(Fault::kThrottle)) return Refusal(409, "LimitExceeded");
  if (stage_.faults.Strikes(Fault::kErrorBefore)) return Refusal(500, "InternalFailure");
  if (IsRead(action)) return std::nullopt;
  if (stage_.faults.Strikes(Fault::kExecutedThenError)) return Mode(FaultMode::kErrorAfterExecute);
  if (stage_.faults.Strikes(Fault::kAcceptThenTimeout)) return Mode(FaultMode::kAcceptThenTimeout);
  if (action == "RunInstances") return LaunchFault();
  if (action == "RegisterInstancesWithListener" &&
      stage_.faults.Strikes(Fault::kDoubleRegistration)) {
    return Mode(FaultMode::kErrorAfterExecute);
  }
  return std::nullopt;
}

std::optional<FaultRule> Weather::LaunchFault() {
  Faults& faults = stage_.faults;
  if (stage_.time.Now() < full_until_) return Refusal(409, "SubnetAvailableIpNotEnough");
  if (stage_.time.Now() < quota_until_) return Refusal(409, "InstanceQuotaExceeded");
  if (faults.Strikes(Fault::kLateArrival)) {
    FaultRule rule = Mode(FaultMode::kDelayBefore);
    rule.delay = UpTo(limits_.latest_arrival * 1.2);
    return rule;
  }
  if (faults.Strikes(Fault::kStuckBoot)) return Mode(FaultMode::kBootHang);
  if (faults.Strikes(Fault::kFailedBoot)) return Mode(FaultMode::kBootError);
  return std::nullopt;
}

bool Weather::Hides(const cloudsim::Instance& instance, bool by_id) {
  if (stage_.faults.healed()) return false;
  if (stage_.faults.Exists(Fault::kReadLag)) {
    const absl::Duration age = stage_.time.Now() - instance.created_at;
    // Each read comes from a replica of its own age.
    if (age < limits_.longest_lag && stage_.faults.Strikes(Fault::kReadLag) &&
        age < UpTo(limits_.longest_lag)) {
      return true;
    }
  }
  return !by_id && stage_.faults.Strikes(Fault::kSkippedRow);
}

void Weather::Tick() {
  if (stage_.faults.healed()) return;
  stage_.In(absl::Minutes(1), [this] { Tick(); });
  if (stage_.faults.Strikes(Fault::kCloudOutage)) {
    stage_.cloud.SetUnreachable(true);
    stage_.In(UpTo(kLongestOutage), [this] { stage_.cloud.SetUnreachable(false); });
  }
  if (stage_.faults.Strikes(Fault::kCredentialRevoked)) {
    const auto& accounts = stage_.cloud.region().spec().accounts;
    const auto& account = accounts[base::UniformBelow(stage_.faults.rng(), accounts.size())];
    revoked_until_[account.id] = stage_.time.Now() + UpTo(kLongestOutage);
  }
  StrikeCapacity();
  StrikeInstances();
}

void Weather::StrikeCapacity() {
  Faults& faults = stage_.faults;
  const absl::Time now = stage_.time.Now();
  if (faults.Strikes(Fault::kSubnetFull)) full_until_ = now + UpTo(kLongestShortage) / 4;
  if (faults.Strikes(Fault::kQuota)) quota_until_ = now + UpTo(kLongestShortage) / 4;
  if (!faults.Strikes(Fault::kStockOut)) return;
  const cloudsim::RegionSpec& spec = stage_.cloud.region().spec();
  const auto& type =
      spec.instance_types[base::UniformBelow(faults.rng(), spec.instance_types.size())];
  const std::string zone = spec.zones[base::UniformBelow(faults.rng(), spec.zones.size())];
  (void)stage_.cloud.region().SetStock(type.name, zone, 0);
  stage_.In(UpTo(kLongestShortage), [this, name = type.name, zone, count = type.stock.at(zone)] {
    (void)stage_.cloud.region().SetStock(name, zone, count);
  });
}

const cloudsim::Instance* Weather::SomeInstance() {
  const std::vector<const cloudsim::Instance*> all = stage_.cloud.region().fleet().List();
  return all.empty() ? nullptr : all[base::UniformBelow(stage_.faults.rng(), all.size())];
}

void Weather::StrikeInstances() {
  Faults& faults = stage_.faults;
  const auto call = [&](const cloudsim::Instance& one, absl::string_view action) {
    return cloudsim::Call{.request_id = absl::StrCat("admin-", ++admin_calls_),
                          .account_id = one.account_id,
                          .service = "admin",
                          .action = std::string(action),
                          .digest = "",
                          .arrived_at = stage_.time.Now()};
  };
  const absl::Time now = stage_.time.Now();
  cloudsim::Region& region = stage_.cloud.region();
  if (faults.Strikes(Fault::kSuddenDeath) || faults.Strikes(Fault::kOutOfBandDelete)) {
    if (const auto* one = SomeInstance(); one != nullptr) {
      (void)region.Kill(call(*one, "Kill"), one->id, now);
    }
  }
  if (faults.Strikes(Fault::kStopped)) {
    const auto* one = SomeInstance();
    if (one != nullptr && one->state == cloudsim::InstanceState::kActive) {
      const auto state = base::UniformUnit(faults.rng()) < 0.5 ? cloudsim::InstanceState::kStopped
                                                               : cloudsim::InstanceState::kError;
      (void)region.ForceState(call(*one, "ForceState"), one->id, state, now);
    }
  }
  stage_.AfterCall();
}

}  // namespace accordion::sim
