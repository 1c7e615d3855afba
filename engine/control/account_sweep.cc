#include "engine/control/account_sweep.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/log.h"
#include "base/status_macros.h"

namespace accordion::control {

AccountSweep::AccountSweep(const Parts& parts, const Settings& settings,
                           std::vector<Consumer> consumers)
    : parts_(parts),
      settings_(settings),
      consumers_(std::move(consumers)),
      lookout_(parts.executor, parts.clock, ports::Lane::kWork, [this] { Look(); }) {}

void AccountSweep::Start() { lookout_.Start(settings_.account_sweep); }

absl::Duration AccountSweep::OffsetOf(const domain::AccountId& account) {
  absl::MutexLock lock(&mutex_);
  const auto [offset, is_new] = offsets_.try_emplace(account);
  if (is_new) {
    // Whole units of the store's clock, so that what follows compares with its times.
    offset->second =
        absl::Trunc(settings_.account_sweep * base::UniformUnit(parts_.rng), absl::Microseconds(1));
  }
  return offset->second;
}

void AccountSweep::Look() {
  std::vector<domain::AccountId> accounts;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(accounts, tx.sweeps().Accounts());
    return absl::OkStatus();
  });
  if (!read.ok()) {
    parts_.telemetry.StoreRetry("sweep");
    return;
  }
  for (const domain::AccountId& account : accounts) {
    if (!parts_.leases.FenceFor(account).has_value()) continue;  // its owner sweeps it
    parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + OffsetOf(account),
                             [this, account] { Sweep(account); });
  }
}

void AccountSweep::Sweep(const domain::AccountId& account) {
  if (lookout_.stopped() || !parts_.leases.FenceFor(account).has_value()) return;
  {
    absl::MutexLock lock(&mutex_);
    // A list that takes longer than an interval skips one.
    if (!sweeping_.insert(account).second) return;
  }
  bool swept = false;
  const absl::StatusOr<AccountSnapshot> snapshot = Take(account, swept);
  if (!snapshot.ok()) {
    base::LogWarning("an account could not be swept; nothing is inferred",
                     {{"account", account.value()}, {"error", snapshot.status().ToString()}});
  }
  if (swept) parts_.telemetry.AccountSwept(snapshot.ok());
  if (swept && snapshot.ok()) {
    for (const Consumer& consumer : consumers_) consumer(*snapshot);
  }
  absl::MutexLock lock(&mutex_);
  sweeping_.erase(account);
}

absl::StatusOr<AccountSnapshot> AccountSweep::Take(const domain::AccountId& account, bool& swept) {
  AccountSnapshot snapshot;
  snapshot.account = account;
  RETURN_IF_ERROR(parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    snapshot.listed_at = tx.Now();
    ASSIGN_OR_RETURN(snapshot.projects, tx.sweeps().Projects(account));
    ASSIGN_OR_RETURN(snapshot.members, tx.members().OfAccount(account));
    return absl::OkStatus();
  }));
  if (snapshot.projects.empty()) return snapshot;
  swept = true;
  const absl::Duration asked = parts_.clock.BootTime();
  ASSIGN_OR_RETURN(snapshot.instances, parts_.compute.ListInstances(account, snapshot.projects));
  snapshot.whole_at = snapshot.listed_at + (parts_.clock.BootTime() - asked);
  return snapshot;
}

}  // namespace accordion::control
