// Finds out what became of launches whose outcome was still unknown when their activity ended
// (reliability.md C2, C3).
//
// Until then such an intent fills a place of its group, so that nothing is launched twice. Its
// marker is looked up until the instance is found, which then leaves (history is exact: nothing is
// adopted into an ended activity), or until the horizon has passed and enough complete look-ups
// missed it.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/settings.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/executor.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe.
class IntentResolver {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    ports::ComputeCloud& compute;
    ports::Executor& executor;
    const base::Clock& clock;
    ports::Telemetry& telemetry;
    ports::GroupWaker& waker;
  };
  IntentResolver(Parts parts, Settings settings);

  // Begins to sweep, every `intent_sweep`.
  void Start();
  void Stop();

 private:
  void ScheduleSweep();
  void Sweep();
  // Looks one up and commits what follows. `now` is the store's time before the look-up.
  absl::Status Resolve(const activity::LaunchIntent& intent, absl::Time now);
  // The late arrivals become members on their way out, which reconcile sees to.
  absl::Status LetGo(const activity::LaunchIntent& intent,
                     const std::vector<activity::ObservedInstance>& arrived);
  absl::Status Abandon(const activity::LaunchIntent& intent);
  // Moves the intent on under the group's lock and fence, with `work` in the same transaction; then
  // wakes the group.
  absl::Status Commit(const activity::LaunchIntent& intent, const activity::LaunchIntent& resolved,
                      ports::Store::Work work);

  const Parts parts_;
  const Settings settings_;

  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  // Complete look-ups that missed the marker, since this engine started: a restart only makes it
  // wait for longer.
  absl::flat_hash_map<domain::IntentId, int> missed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
