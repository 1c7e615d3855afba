// What policy evaluation must know of the region's groups, in memory: policies, members in service,
// listeners, runs.
//
// A copy of the store, refreshed after each commit that changes it and by the resync; decisions
// re-read the store under locks, so a stale copy delays or repeats an evaluation but never decides.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/domain/policy.h"
#include "engine/domain/scaling_group.h"
#include "engine/domain/scaling_policy.h"
#include "engine/metrics/sample_store.h"
#include "engine/ports/store.h"

namespace accordion::control {

struct InServiceMember {
  domain::InstanceId instance_id;
  absl::Time since;
};

// One group as evaluation sees it. Immutable; a refresh replaces it.
struct EvaluatedGroup {
  domain::ScalingGroup group;
  std::vector<InServiceMember> members;
  std::vector<domain::ListenerId> listeners;
  std::vector<domain::ScalingPolicy> policies;
};

// Thread-safe.
class EvaluationIndex {
 public:
  EvaluationIndex(ports::Store& store, metrics::SampleStore& samples);

  // Reads everything of the shards, with the checkpointed runs. Replaces what was known of them.
  absl::Status Load(const std::vector<int>& shards);
  // Reads one group again; forgets it if it is gone. Tells the sample store whose samples count
  // from when.
  absl::Status Refresh(const ports::GroupKey& key);
  // Forgets all groups (the lease was lost).
  void Clear();

  // The distinct periods of all policies.
  std::vector<absl::Duration> Periods() const;
  // Groups that have a policy with this period.
  std::vector<std::shared_ptr<const EvaluatedGroup>> WithPeriod(absl::Duration period) const;
  std::shared_ptr<const EvaluatedGroup> Find(const ports::GroupKey& key) const;
  size_t size() const;

  // Appends a judged period to the policy's run, resetting the run if the policy was edited since.
  // Returns the run, or nullopt if the period was judged before.
  std::optional<domain::PolicyRun> AppendTo(const domain::ScalingPolicy& policy,
                                            domain::PeriodVerdict verdict);
  // The policy's run; nullopt if none was judged since its last edit.
  std::optional<domain::PolicyRun> RunOf(const domain::ScalingPolicy& policy) const;

 private:
  struct Run {
    int64_t policy_version = 0;
    domain::PolicyRun run;
  };

  absl::Status ReadGroup(ports::Tx& tx, const domain::ScalingGroup& group, EvaluatedGroup& out);
  void Put(std::shared_ptr<const EvaluatedGroup> group);
  void Forget(const ports::GroupKey& key);
  // Which resources' samples count for the group now.
  void TellSamples(const EvaluatedGroup* before, const EvaluatedGroup* after);
  // Which period lengths the policies of all groups need.
  void TellPeriods();

  ports::Store& store_;
  metrics::SampleStore& samples_;

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<ports::GroupKey, std::shared_ptr<const EvaluatedGroup>> groups_
      ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<domain::PolicyId, Run> runs_ ABSL_GUARDED_BY(mutex_);
  // One refresh at a time, so that an older read never replaces a newer one.
  absl::Mutex refresh_mutex_;
};

}  // namespace accordion::control
