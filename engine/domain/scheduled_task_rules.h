// Rules of scheduled tasks: what a new or modified one may look like.
//
// As in group_rules.h a fault names the field by an enum, for which the service finds the
// descriptor's spelling. Rules run in the reference's order of parameters; the first fault is
// returned.
#pragma once

#include <optional>
#include <variant>

#include "absl/time/time.h"
#include "engine/domain/group_rules.h"
#include "engine/domain/limits.h"
#include "engine/domain/scheduled_task.h"

namespace accordion::domain {

enum class TaskField {
  kReadjustMaxSize,
  kReadjustMinSize,
  kReadjustExpectSize,
  kStartTime,
  kEndTime,
  kRecurrence,
  kRepeatUnit,
  kRepeatCycle,
};

struct TaskFault {
  TaskField field = TaskField::kReadjustMaxSize;
  FaultKind kind = FaultKind::kInvalid;
  int limit = 0;  // for kAboveQuota

  friend bool operator==(const TaskFault&, const TaskFault&) = default;
};

// The sizes that a Create or Modify gives; an absent one stays as it is.
struct ReadjustEdit {
  std::optional<int> max_size;
  std::optional<int> min_size;
  std::optional<int> expect_size;
};

// The sizes after the edit. Judged on the merged result, with the blame on a size that was given.
// The quota bounds a max size that is given: lowering a quota makes no edit of a name fail. For a
// Create `edit` has all three.
std::variant<Readjust, TaskFault> MergeReadjust(const Readjust& current, const ReadjustEdit& edit,
                                                const Quotas& quotas);

// The fault of complete sizes at a firing, where the quota counts as it is now.
std::optional<TaskFault> CheckReadjust(const Readjust& readjust, const Quotas& quotas);

// The fault of the task's texts as one of the task.
TaskFault FaultOf(const RecurrenceFault& fault);

// Start, end and rule of a complete task together: a repeating task needs an end, not before its
// start, a one-shot has none. `before` is the task before a Modify, null for a Create: a start
// of a one-shot, or an end, that is new must be in the future; one that stays may be past, since
// clients send the same StartTime with every Modify.
std::optional<TaskFault> CheckTimes(const ScheduledTask& task, const ScheduledTask* before,
                                    absl::Time now);

}  // namespace accordion::domain
