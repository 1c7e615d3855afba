// Ends what launches left behind (reliability.md C3, I-5, I-6): instances of an account that carry
// the marker of a launch of ours and that no group has.
//
// Lists the cloud first and reads the store after it, so that what is on record is the newer of the
// two. An orphan is read by its id once more and written down before it is terminated; then it is
// terminated until two reads, one read lag apart, miss it, and the address that was bought with it
// is released. At most ten are begun in an account within ten minutes: more than that is not debris
// but a fault of ours, so it waits and is told.
#pragma once

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/activity/orphan.h"
#include "engine/control/account_snapshot.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/settings.h"
#include "engine/ports/address_cloud.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe, but one account is observed by one caller at a time.
class OrphanSweeper {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    ports::ComputeCloud& compute;
    ports::AddressCloud& addresses;
    ports::Telemetry& telemetry;
  };
  OrphanSweeper(const Parts& parts, const Settings& settings);

  // Brings the account's known orphans on, and looks for new ones every `orphan_search`. The
  // account's shard must be held, else nothing happens. Blocks for calls to the cloud.
  void Observe(const AccountSnapshot& snapshot);

 private:
  absl::Status Pursue(const ports::Fence& fence, const AccountSnapshot& snapshot);
  // One step of one orphan: its address on record, terminated, missed, released, gone.
  absl::Status PursueOne(const ports::Fence& fence, ports::Orphan orphan);
  // It can't be read any more: counts that, and gives its address back after the second time.
  absl::Status Conclude(const ports::Fence& fence, ports::Orphan orphan);
  // Whether the search is due; if so, the next one is an interval later.
  bool SearchIsDue(const AccountSnapshot& snapshot);
  absl::Status Search(const ports::Fence& fence, const AccountSnapshot& snapshot);
  // Writes it down, unless a last read by id, or the store, says that it isn't one.
  absl::Status Record(const ports::Fence& fence, const activity::ObservedInstance& seen,
                      const activity::LaunchIntent& launch);
  bool MaySend() const { return parts_.leases.MaySend(settings_.cloud_call_timeout); }

  const Parts parts_;
  const Settings settings_;

  absl::Mutex mutex_;
  absl::flat_hash_map<domain::AccountId, absl::Time> next_search_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
