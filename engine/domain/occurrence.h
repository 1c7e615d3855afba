// Occurrence: one due instant of a scheduled task, and what became of it (reliability.md C7, I-17).
//
// Each due instant gets exactly one row, and (task, due instant) is its key, so that neither a
// restart nor two engines apply it twice. The next due instant follows from the last one alone,
// never from the clock: clocks that step back re-fire nothing, clocks that step forward and
// downtimes skip nothing silently.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/limits.h"
#include "engine/domain/scaling_group.h"
#include "engine/domain/scheduled_task.h"
#include "engine/domain/scheduled_task_rules.h"
#include "engine/domain/types.h"

namespace accordion::domain {

enum class OccurrenceOutcome {
  kFired,      // the group has the task's sizes
  kFailed,     // it was its turn, but the sizes no longer fit the account's quota
  kCoalesced,  // missed, and a newer due instant was decided in its stead
  kExpired,    // missed by more than the misfire grace
  kDisabled,   // the group was disabled, or its deletion had been asked for
};
// For metrics and logs: "fired", "coalesced", ...
const char* OutcomeName(OccurrenceOutcome outcome);

struct Occurrence {
  TaskId task_id;
  absl::Time due_at;
  OccurrenceOutcome outcome = OccurrenceOutcome::kFired;

  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

// What the firing depends on besides the task.
struct FiringFacts {
  GroupStatus group_status = GroupStatus::kActive;
  Quotas quotas;
  absl::TimeZone zone;  // of the region
  absl::Duration misfire_grace = kDefaultMisfireGrace;
  int max_occurrences = kMaxOccurrencesPerFiring;  // at least 1
};

// To be written in one transaction, which locks the group and then the task.
struct TaskFiring {
  std::vector<Occurrence> occurrences;    // oldest first; empty: nothing is due
  std::optional<absl::Time> next_due_at;  // the task's new one; nullopt: the task has ended
  std::optional<Readjust> readjust;       // the group's new sizes: exactly if one is kFired
  std::optional<TaskFault> fault;         // exactly if one is kFailed

  friend bool operator==(const TaskFiring&, const TaskFiring&) = default;
};

// Decides all due instants of `task` up to `now`, both inclusive of the bounds: an instant is due
// from itself on, and within the grace up to `misfire_grace` after it. The newest within the grace
// fires. If more are due than `max_occurrences`, the oldest are decided and `next_due_at` is due at
// once; none of them fires, since newer ones follow.
TaskFiring DecideFiring(const ScheduledTask& task, const FiringFacts& facts, absl::Time now);

struct DueFiring {
  ScheduledTask task;
  TaskFiring firing;

  friend bool operator==(const DueFiring&, const DueFiring&) = default;
};

// What one transaction decides of a group's `tasks` that are due, in the order in which it acts: by
// the instant that fires, then by id, so that after a downtime the newest instant has the last word
// whichever task it is of. While a task has more due instants than one transaction takes, only such
// tasks are decided, and so nothing fires before the instants that come ahead of it.
std::vector<DueFiring> DecideFirings(absl::Span<const ScheduledTask> tasks,
                                     const FiringFacts& facts, absl::Time now);

// The group as a firing sees it: one whose deletion has been asked for rests like a disabled one,
// since a task that filled it again would work against its user.
GroupStatus StatusForTasks(const ScalingGroup& group, absl::Time now);

// `next_due_at` of a task that is created or edited at `now`: by its definition alone, whatever was
// due before. An instant that clocks bring back is then refused by its key.
std::optional<absl::Time> FirstDueAt(const ScheduledTask& task, absl::Time now,
                                     const absl::TimeZone& zone);

}  // namespace accordion::domain
