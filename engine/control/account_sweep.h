// Sweeps accounts: one complete list of an account's instances an interval, whatever the number of
// its groups, so that calls grow with accounts (reliability.md C9).
//
// An account belongs to the shard of its id; only the engine that holds it sweeps the account.
// Sweeps of different accounts are spread over the interval. A list that fails, or is not whole,
// tells nobody anything (I-20).
#pragma once

#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/random.h"
#include "engine/control/account_snapshot.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/lookout.h"
#include "engine/control/settings.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/executor.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe. Must live until the executor has stopped.
class AccountSweep {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    ports::ComputeCloud& compute;
    ports::Executor& executor;
    const base::Clock& clock;
    base::Rng& rng;
    ports::Telemetry& telemetry;
  };
  using Consumer = std::function<void(const AccountSnapshot&)>;
  // Each consumer gets every snapshot, in order, on lane kWork, and none of one account twice at
  // once.
  AccountSweep(const Parts& parts, const Settings& settings, std::vector<Consumer> consumers);

  // Begins, with the first sweeps within one interval.
  void Start();
  void Stop() { lookout_.Stop(); }

 private:
  // Puts every account that this engine holds on its place within the interval.
  void Look();
  // When within the interval an account is swept: drawn once, so that its sweeps lie evenly apart.
  absl::Duration OffsetOf(const domain::AccountId& account);
  void Sweep(const domain::AccountId& account);
  // `swept` says whether there was anything to list.
  absl::StatusOr<AccountSnapshot> Take(const domain::AccountId& account, bool& swept);

  const Parts parts_;
  const Settings settings_;
  const std::vector<Consumer> consumers_;
  Lookout lookout_;

  absl::Mutex mutex_;
  absl::flat_hash_map<domain::AccountId, absl::Duration> offsets_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<domain::AccountId> sweeping_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
