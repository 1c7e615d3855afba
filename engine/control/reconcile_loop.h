// Runs reconcile steps for the groups that are due: at once when woken, else by the store's wake
// times.
//
// A group is stepped by one thread at a time. Wake-ups that arrive meanwhile are not lost: the
// group is stepped again.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "engine/control/activity_worker.h"
#include "engine/control/group_reconciler.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/settings.h"
#include "engine/ports/executor.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe.
class ReconcileLoop {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    GroupReconciler& reconciler;
    ActivityWorker& worker;
    ports::Executor& executor;
    const base::Clock& clock;
    ports::Telemetry& telemetry;
    ports::GroupWaker& waker;
  };
  ReconcileLoop(Parts parts, Settings settings);

  // Begins to look for groups that are due.
  void Start();
  void Stop();
  void Wake(const ports::GroupKey& key);

 private:
  enum class Turn { kQueued, kRunning, kRunningAgain };

  void Step(const ports::GroupKey& key);
  // One transaction and what it asks for; OK also when there is nothing to do. An error is worth
  // another try.
  absl::Status StepOnce(const ports::GroupKey& key);
  // Members that need a successor and get none are alarmed at each look.
  void TellOfHealth(const ports::GroupKey& key, const ReconcileOutcome& outcome);
  void PollDue();
  void SchedulePoll(absl::Duration delay);

  const Parts parts_;
  const Settings settings_;

  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<ports::GroupKey, Turn> turns_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
