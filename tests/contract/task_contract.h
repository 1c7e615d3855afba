// The part of the contract suite on scheduled tasks: tasks, occurrences, and a firing as the engine
// does it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/status_macros.h"
#include "tests/contract/store_contract.h"

namespace accordion::testing {

class TaskContract : public StoreContract {
 protected:
  // Written; a cron task with every field set.
  domain::ScheduledTask AddTask(const domain::ScalingGroup& group, absl::Time due,
                                const std::string& name = "任务 'nightly'") {
    domain::ScheduledTask t;
    t.id = domain::TaskId(NewId());
    t.group_id = group.id;
    t.account_id = group.account_id;
    t.name = name;
    t.readjust = {.max_size = 9, .min_size = 1, .expect_size = 4};
    t.start_time = kLongAgo;
    t.end_time = kLongAgo + absl::Hours(24 * 365);
    t.recurrence = {.recurrence = "0 3 * * 1-5", .repeat_unit = "Month", .repeat_cycle = "2,5"};
    t.rule = std::get<domain::Rule>(domain::ParseRule(t.recurrence));
    t.next_due_at = due;
    t.create_time = kLongAgo + absl::Microseconds(7);
    EXPECT_OK(Write([&](ports::Tx& tx) { return tx.tasks().Insert(t); }));
    return t;
  }
  static ports::TaskOccurrence Occurrence(
      const domain::ScheduledTask& task, absl::Time due,
      domain::OccurrenceOutcome outcome = domain::OccurrenceOutcome::kFired) {
    return {.occurrence = {.task_id = task.id, .due_at = due, .outcome = outcome},
            .decided_at = due + absl::Milliseconds(3),
            .desired_before = 3,
            .desired_after = 4,
            .words = "因为 {\"why\", NULL}"};
  }
  absl::StatusOr<std::vector<absl::Time>> Add(const ports::GroupKey& key,
                                              const std::vector<ports::TaskOccurrence>& rows) {
    return Write([&](ports::Tx& tx) { return tx.tasks().AddOccurrences(key, rows); });
  }
  std::vector<ports::TaskOccurrence> Occurrences(const domain::ScalingGroup& group,
                                                 const domain::ScheduledTask& task) {
    return Read([&](ports::Tx& tx) { return tx.tasks().Occurrences(KeyOf(group), task.id, {}); })
        ->rows;
  }
  absl::StatusOr<domain::ScheduledTask> Find(const domain::ScheduledTask& task) {
    return Read([&](ports::Tx& tx) { return tx.tasks().Find(task.account_id, task.id); });
  }
  std::vector<domain::GroupId> Due(absl::Time until, int limit = 100) {
    const auto due = Read([&](ports::Tx& tx) { return tx.tasks().Due(AllShards(), until, limit); });
    EXPECT_OK(due);
    std::vector<domain::GroupId> groups;
    for (const ports::DueGroupTasks& one : *due) groups.push_back(one.group.group_id);
    return groups;
  }
  // As the engine fires: group, task, occurrence, next instant.
  absl::Status Fire(const domain::ScalingGroup& group, absl::Time now, int& fired) {
    return Write([&](ports::Tx& tx) -> absl::Status {
      fired = 0;
      RETURN_IF_ERROR(tx.groups().Lock(KeyOf(group)).status());
      ASSIGN_OR_RETURN(const auto due, tx.tasks().LockDue(KeyOf(group), now));
      for (domain::ScheduledTask task : due) {
        ASSIGN_OR_RETURN(
            const auto added,
            tx.tasks().AddOccurrences(KeyOf(group), {Occurrence(task, *task.next_due_at)}));
        fired += static_cast<int>(added.size());
        task.next_due_at.reset();
        RETURN_IF_ERROR(tx.tasks().Update(task));
      }
      return absl::OkStatus();
    });
  }
};

}  // namespace accordion::testing
