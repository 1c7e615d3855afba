// Scheduled tasks and their occurrences in PostgreSQL.
#pragma once

#include "engine/ports/task_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class TaskQueries final : public ports::TaskStore {
 public:
  explicit TaskQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::Status Insert(const domain::ScheduledTask& task) override;
  absl::StatusOr<domain::ScheduledTask> Find(const domain::AccountId& account,
                                             const domain::TaskId& id) override;
  absl::StatusOr<domain::ScheduledTask> Lock(const ports::GroupKey& group,
                                             const domain::TaskId& id) override;
  absl::Status Update(const domain::ScheduledTask& task) override;
  absl::Status Delete(const ports::GroupKey& group, const domain::TaskId& id) override;
  absl::StatusOr<ports::Listing<ports::ListedTask>> List(const ports::GroupKey& group,
                                                         const ports::TaskFilter& filter,
                                                         const ports::Page& page) override;
  absl::StatusOr<int> Count(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<ports::DueGroupTasks>> Due(absl::Span<const int> shards,
                                                        absl::Time until, int limit) override;
  absl::StatusOr<std::vector<domain::ScheduledTask>> LockDue(const ports::GroupKey& group,
                                                             absl::Time now) override;
  absl::StatusOr<std::vector<absl::Time>> AddOccurrences(
      const ports::GroupKey& group, absl::Span<const ports::TaskOccurrence> occurrences) override;
  absl::StatusOr<ports::Listing<ports::TaskOccurrence>> Occurrences(
      const ports::GroupKey& group, const domain::TaskId& id, const ports::Page& page) override;
  absl::StatusOr<int> PruneOccurrences(absl::Time before, int limit) override;

 private:
  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
