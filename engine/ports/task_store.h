// Scheduled tasks in the store, and what became of their due instants.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/occurrence.h"
#include "engine/domain/scheduled_task.h"
#include "engine/ports/group_store.h"
#include "engine/ports/page.h"

namespace accordion::ports {

struct TaskFilter {
  std::vector<domain::TaskId> ids;  // empty: all
  std::string name_contains;
};

// A due instant that was decided, with what the decision did. Never changes.
struct TaskOccurrence {
  domain::Occurrence occurrence;
  absl::Time decided_at;
  int desired_before = 0;  // desired capacity of the group
  int desired_after = 0;   // equals before unless it fired
  std::string words;       // for users: why it failed; else empty

  friend bool operator==(const TaskOccurrence&, const TaskOccurrence&) = default;
};

struct ListedTask {
  domain::ScheduledTask task;
  std::optional<TaskOccurrence> last;  // the newest due instant that was decided and is kept
};

// A group with a task that is due at `due_at`, the earliest of its tasks.
struct DueGroupTasks {
  GroupKey group;
  absl::Time due_at;
};

class TaskStore {
 public:
  virtual ~TaskStore() = default;

  // kAlreadyExists if the id is taken.
  virtual absl::Status Insert(const domain::ScheduledTask& task) = 0;
  // By its id alone, which is all that a Modify names. kNotFound (plain) for an unknown id, one of
  // another group, or a foreign one, here and below.
  virtual absl::StatusOr<domain::ScheduledTask> Find(const domain::AccountId& account,
                                                     const domain::TaskId& id) = 0;
  // Holds the row until the transaction ends. Lock the group first.
  virtual absl::StatusOr<domain::ScheduledTask> Lock(const GroupKey& group,
                                                     const domain::TaskId& id) = 0;
  // Writes all columns and raises the version.
  virtual absl::Status Update(const domain::ScheduledTask& task) = 0;
  // With its occurrences.
  virtual absl::Status Delete(const GroupKey& group, const domain::TaskId& id) = 0;
  // Oldest first.
  virtual absl::StatusOr<Listing<ListedTask>> List(const GroupKey& group, const TaskFilter& filter,
                                                   const Page& page) = 0;
  virtual absl::StatusOr<int> Count(const GroupKey& group) = 0;

  // Groups of the shards with tasks that are due at `until` or before, the longest due first.
  virtual absl::StatusOr<std::vector<DueGroupTasks>> Due(absl::Span<const int> shards,
                                                         absl::Time until, int limit) = 0;
  // The group's tasks that are due at `now`, in order of id, held until the transaction ends. Lock
  // the group first.
  virtual absl::StatusOr<std::vector<domain::ScheduledTask>> LockDue(const GroupKey& group,
                                                                     absl::Time now) = 0;
  // Writes the occurrences of one task. Returns the due instants that had none before: only these
  // may act, since an instant acts at most once whatever clocks and engines do (I-17).
  virtual absl::StatusOr<std::vector<absl::Time>> AddOccurrences(
      const GroupKey& group, absl::Span<const TaskOccurrence> occurrences) = 0;
  // Newest due instant first.
  virtual absl::StatusOr<Listing<TaskOccurrence>> Occurrences(const GroupKey& group,
                                                              const domain::TaskId& id,
                                                              const Page& page) = 0;
  // Deletes up to `limit` occurrences that were decided before `before`; how many.
  virtual absl::StatusOr<int> PruneOccurrences(absl::Time before, int limit) = 0;
};

}  // namespace accordion::ports
