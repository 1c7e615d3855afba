// Scheduled tasks and their occurrences of the in-memory store.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

namespace {

ports::GroupKey GroupOf(const domain::ScheduledTask& task) {
  return {.account_id = task.account_id, .group_id = task.group_id};
}

// The CHECK of the table.
absl::Status Check(MemoryState& state, const domain::Readjust& sizes) {
  const bool in_order = 0 <= sizes.min_size && sizes.min_size <= sizes.expect_size &&
                        sizes.expect_size <= sizes.max_size;
  return in_order ? absl::OkStatus() : state.Break(absl::InternalError("sizes out of order"));
}

bool IsDue(const domain::ScheduledTask& task, absl::Time now) {
  return task.next_due_at.has_value() && *task.next_due_at <= now;
}

}  // namespace

absl::Status MemoryTasks::Insert(const domain::ScheduledTask& task) {
  RETURN_IF_ERROR(state_.RequireWritable());
  if (state_.tasks.Find(task.id) != nullptr) return absl::AlreadyExistsError("scheduled task");
  RETURN_IF_ERROR(state_.RequireGroup(GroupOf(task)));
  RETURN_IF_ERROR(Check(state_, task.readjust));
  state_.tasks.Put(task.id, task);
  return absl::OkStatus();
}

absl::StatusOr<domain::ScheduledTask> MemoryTasks::Find(const domain::AccountId& account,
                                                        const domain::TaskId& id) {
  const domain::ScheduledTask* row = state_.tasks.Find(id);
  if (row == nullptr || row->account_id != account) return absl::NotFoundError("scheduled task");
  return *row;
}

absl::StatusOr<domain::ScheduledTask> MemoryTasks::Lock(const ports::GroupKey& group,
                                                        const domain::TaskId& id) {
  RETURN_IF_ERROR(state_.RequireWritable());
  const domain::ScheduledTask* row = state_.tasks.Find(id);
  if (row == nullptr || GroupOf(*row) != group) return absl::NotFoundError("scheduled task");
  return *row;
}

absl::Status MemoryTasks::Update(const domain::ScheduledTask& task) {
  ASSIGN_OR_RETURN(const domain::ScheduledTask old, Lock(GroupOf(task), task.id));
  RETURN_IF_ERROR(Check(state_, task.readjust));
  domain::ScheduledTask row = task;
  row.version = old.version + 1;
  state_.tasks.Put(row.id, std::move(row));
  return absl::OkStatus();
}

absl::Status MemoryTasks::Delete(const ports::GroupKey& group, const domain::TaskId& id) {
  RETURN_IF_ERROR(Lock(group, id).status());
  state_.occurrences.EraseIf([&](const auto& key, const auto&) { return key.first == id; });
  state_.tasks.Erase(id);
  return absl::OkStatus();
}

absl::StatusOr<ports::Listing<ports::ListedTask>> MemoryTasks::List(const ports::GroupKey& group,
                                                                    const ports::TaskFilter& filter,
                                                                    const ports::Page& page) {
  std::vector<ports::ListedTask> rows;
  for (const auto& [id, task] : state_.tasks.rows()) {
    if (GroupOf(task) != group || !Admits(filter.ids, id) ||
        !absl::StrContains(task.name, filter.name_contains)) {
      continue;
    }
    ports::ListedTask& row = rows.emplace_back(ports::ListedTask{.task = task});
    for (const auto& [key, occurrence] : state_.occurrences.rows()) {
      if (key.first == id) row.last = occurrence;  // in order of due instant
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.task.create_time < b.task.create_time;
  });
  return PageOf(std::move(rows), page);
}

absl::StatusOr<int> MemoryTasks::Count(const ports::GroupKey& group) {
  int count = 0;
  for (const auto& [id, row] : state_.tasks.rows()) count += GroupOf(row) == group ? 1 : 0;
  return count;
}

absl::StatusOr<std::vector<ports::DueGroupTasks>> MemoryTasks::Due(absl::Span<const int> shards,
                                                                   absl::Time until, int limit) {
  std::map<domain::GroupId, ports::DueGroupTasks> by_group;
  for (const auto& [id, row] : state_.tasks.rows()) {
    const int shard = ports::ShardOf(row.group_id);
    if (!IsDue(row, until) || std::find(shards.begin(), shards.end(), shard) == shards.end()) {
      continue;
    }
    ports::DueGroupTasks& due =
        by_group.try_emplace(row.group_id, ports::DueGroupTasks{GroupOf(row), *row.next_due_at})
            .first->second;
    due.due_at = std::min(due.due_at, *row.next_due_at);
  }
  std::vector<ports::DueGroupTasks> due;
  for (const auto& [id, group] : by_group) due.push_back(group);
  std::stable_sort(due.begin(), due.end(),
                   [](const auto& a, const auto& b) { return a.due_at < b.due_at; });
  if (due.size() > static_cast<size_t>(limit)) due.resize(static_cast<size_t>(limit));
  return due;
}

absl::StatusOr<std::vector<domain::ScheduledTask>> MemoryTasks::LockDue(
    const ports::GroupKey& group, absl::Time now) {
  RETURN_IF_ERROR(state_.RequireWritable());
  std::vector<domain::ScheduledTask> due;
  for (const auto& [id, row] : state_.tasks.rows()) {
    if (GroupOf(row) == group && IsDue(row, now)) due.push_back(row);
  }
  return due;
}

absl::StatusOr<std::vector<absl::Time>> MemoryTasks::AddOccurrences(
    const ports::GroupKey& group, absl::Span<const ports::TaskOccurrence> occurrences) {
  RETURN_IF_ERROR(state_.RequireWritable());
  std::vector<absl::Time> added;
  for (const ports::TaskOccurrence& one : occurrences) {
    const domain::ScheduledTask* task = state_.tasks.Find(one.occurrence.task_id);
    if (task == nullptr || GroupOf(*task) != group) {
      return state_.Break(absl::FailedPreconditionError("no such task"));
    }
    const std::pair key(one.occurrence.task_id, one.occurrence.due_at);
    if (state_.occurrences.Find(key) != nullptr) continue;
    state_.occurrences.Put(key, one);
    added.push_back(one.occurrence.due_at);
  }
  return added;
}

absl::StatusOr<ports::Listing<ports::TaskOccurrence>> MemoryTasks::Occurrences(
    const ports::GroupKey& group, const domain::TaskId& id, const ports::Page& page) {
  std::vector<ports::TaskOccurrence> rows;
  for (const auto& [key, row] : state_.occurrences.rows()) {
    if (key.first == id && GroupOf(*state_.tasks.Find(id)) == group) rows.push_back(row);
  }
  std::reverse(rows.begin(), rows.end());
  return PageOf(std::move(rows), page);
}

absl::StatusOr<int> MemoryTasks::PruneOccurrences(absl::Time before, int limit) {
  RETURN_IF_ERROR(state_.RequireWritable());
  std::vector<std::pair<absl::Time, std::pair<domain::TaskId, absl::Time>>> old;
  for (const auto& [key, row] : state_.occurrences.rows()) {
    if (row.decided_at < before) old.emplace_back(row.decided_at, key);
  }
  std::sort(old.begin(), old.end());
  if (old.size() > static_cast<size_t>(limit)) old.resize(static_cast<size_t>(limit));
  for (const auto& [decided_at, key] : old) state_.occurrences.Erase(key);
  return static_cast<int>(old.size());
}

}  // namespace accordion::testing
