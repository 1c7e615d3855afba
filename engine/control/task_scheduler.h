// Fires scheduled tasks: each due instant once, whatever dies (semantics.md §6, I-17).
//
// Due instants are the store's word and its clock's: `next_due_at` of a task is the earliest
// instant that nobody decided. For the groups with due tasks one fenced transaction a group decides
// all of them, writes a row for each instant under its key, gives the group its sizes with the
// cause, and moves `next_due_at` on. So a crash before the commit changes nothing, and after it the
// instant is no longer due.
//
// It sleeps until the next due instant, at most a poll's interval; hints make it look at once.
#pragma once

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/lookout.h"
#include "engine/control/settings.h"
#include "engine/domain/occurrence.h"
#include "engine/ports/executor.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe.
class TaskScheduler {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    ports::Executor& executor;
    const base::Clock& clock;
    ports::Telemetry& telemetry;
    ports::GroupWaker& waker;
  };
  TaskScheduler(const Parts& parts, const Settings& settings);

  void Start();
  // Begins nothing more; a transaction under way ends.
  void Stop() { lookout_.Stop(); }
  // Never blocks. A task may be due, or due soon.
  void Wake() { lookout_.Wake(); }

 private:
  // One task's part of a transaction.
  struct Fired {
    domain::ScheduledTask task;
    std::vector<ports::TaskOccurrence> occurrences;  // those that had no row before
  };

  void Look();
  void Begin(const ports::GroupKey& group);
  void Fire(const ports::GroupKey& group);
  absl::Status FireInTx(ports::Tx& tx, const ports::GroupKey& key, std::vector<Fired>& fired);
  absl::Status Apply(ports::Tx& tx, const domain::DueFiring& due, domain::ScalingGroup& group,
                     Fired& fired);
  void Tell(const ports::GroupKey& group, const std::vector<Fired>& fired);
  void Prune();

  const Parts parts_;
  const Settings settings_;

  Lookout lookout_;

  absl::Mutex mutex_;
  absl::flat_hash_set<ports::GroupKey> firing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
