// Judges the health of members by what a sweep of their account found and what listeners say of
// them, and writes it down for reconcile to act on (semantics.md §9; reliability.md I-20).
//
// The rules are domain/health's. What turns in one pass and group is one transaction, so that the
// hold on replacement sees all of it. A member that is proven gone is marked leaving, so that the
// removal path deregisters it, proves it gone once more and releases what was bought with it;
// desired stays, and is refilled. A list that lost too much at once changes nothing, and is
// alarmed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/control/account_snapshot.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/settings.h"
#include "engine/domain/health.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/load_balancer_cloud.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe, but snapshots of one account come one after the other.
class HealthMonitor {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    ports::ComputeCloud& compute;
    ports::LoadBalancerCloud& load_balancers;
    ports::Telemetry& telemetry;
    ports::GroupWaker& waker;
  };
  HealthMonitor(const Parts& parts, const Settings& settings);

  // Blocks for the lists of listeners and the reads by id that follow.
  void Observe(const AccountSnapshot& snapshot);

 private:
  using MemberKey = std::pair<domain::GroupId, domain::InstanceId>;
  // What earlier sweeps of the account left. In memory only: a restart delays, and does no more.
  struct AccountRuns {
    absl::flat_hash_map<MemberKey, domain::HealthRun> members;
    std::optional<absl::Time> lossy_since;  // since when each list has lost too much
  };
  struct Turn {
    domain::InstanceId instance_id;
    domain::HealthChange change = domain::HealthChange::kNone;  // kAskById: it is proven gone
    domain::HealthReason reason = domain::HealthReason::kNone;
  };
  // In order, so that a run in virtual time can be repeated.
  using Turns = std::map<domain::GroupId, std::vector<Turn>>;
  using CloudWords = absl::flat_hash_map<domain::InstanceId, domain::CloudWord>;

  // Whether the list may be believed: it did not lose too much, or has been losing the same for so
  // long that it isn't sudden any more.
  bool IsBelieved(const AccountSnapshot& snapshot, const CloudWords& words, AccountRuns& runs);
  // False: a read by its id has the instance, or failed.
  bool IsGone(const domain::AccountId& account, const domain::Member& member);
  Turns Judge(const AccountSnapshot& snapshot, const CloudWords& words, AccountRuns& runs);
  void Apply(const domain::AccountId& account, const domain::GroupId& group,
             const std::vector<Turn>& turns);
  // Nothing where the member has moved on since it was read. `applied` has what was written.
  absl::Status ApplyInTx(ports::Tx& tx, const ports::GroupKey& group,
                         const std::vector<Turn>& turns, std::vector<Turn>& applied);

  const Parts parts_;
  const Settings settings_;

  absl::Mutex mutex_;
  absl::flat_hash_map<domain::AccountId, AccountRuns> accounts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
