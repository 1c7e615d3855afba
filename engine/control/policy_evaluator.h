// Judges every policy when its period closes, and turns firings into desired capacity (semantics.md
// §5).
//
// There is no polling: for each period length a timer stands at the next close (end plus lateness).
// At the close all groups with such policies are judged in memory; the groups where something fires
// are decided, each in one transaction that re-reads the group and its policies under locks, writes
// a decision record for every firing and, if one acts, desired capacity with its cause. Then
// reconcile is woken.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/control/evaluation_index.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/settings.h"
#include "engine/domain/arbitration.h"
#include "engine/metrics/sample_store.h"
#include "engine/ports/executor.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe.
class PolicyEvaluator {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    EvaluationIndex& index;
    metrics::SampleStore& samples;
    ports::Executor& executor;
    const base::Clock& clock;
    ports::Telemetry& telemetry;
    ports::GroupWaker& waker;
  };
  PolicyEvaluator(Parts parts, Settings settings);

  // Sets timers for period lengths that have none yet. Call after the index changed.
  void Arm();
  // Decides the newest windows that a predecessor judged and may not have come to decide. Call
  // after a take-up.
  void CatchUp();
  void Stop();

 private:
  // The newest periods of one policy that just got a verdict.
  struct Judged {
    domain::ScalingPolicy policy;
    domain::PolicyRun run;
  };

  void Close(absl::Duration period, absl::Time start);
  std::vector<Judged> Judge(const EvaluatedGroup& group, absl::Duration period, absl::Time start);
  domain::PeriodVerdict Verdict(const EvaluatedGroup& group, const domain::ScalingPolicy& policy,
                                absl::Time start);
  // Decides one group's firings; tries again on a passing failure of the store.
  void Decide(const ports::GroupKey& key, const std::vector<Judged>& judged, int attempt);
  absl::Status DecideInTx(ports::Tx& tx, const ports::GroupKey& key,
                          const std::vector<Judged>& judged,
                          std::vector<domain::Decision>& decisions);
  void Checkpoint(const std::vector<Judged>& judged);
  void ArmAt(absl::Duration period, absl::Time start);

  const Parts parts_;
  const Settings settings_;

  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<absl::Duration> armed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
