#include "engine/domain/scheduled_task_rules.h"

namespace accordion::domain {
namespace {

TaskFault Invalid(TaskField field) { return {.field = field}; }
TaskFault Missing(TaskField field) { return {.field = field, .kind = FaultKind::kMissing}; }

}  // namespace

std::variant<Readjust, TaskFault> MergeReadjust(const Readjust& current, const ReadjustEdit& edit,
                                                const Quotas& quotas) {
  const Readjust merged = {.max_size = edit.max_size.value_or(current.max_size),
                           .min_size = edit.min_size.value_or(current.min_size),
                           .expect_size = edit.expect_size.value_or(current.expect_size)};
  if (merged.max_size < 1) return Invalid(TaskField::kReadjustMaxSize);
  if (edit.max_size.has_value() && merged.max_size > quotas.max_size) {
    return TaskFault{.field = TaskField::kReadjustMaxSize,
                     .kind = FaultKind::kAboveQuota,
                     .limit = quotas.max_size};
  }
  if (merged.min_size < 0) return Invalid(TaskField::kReadjustMinSize);
  if (merged.min_size > merged.max_size) {
    return Invalid(edit.min_size.has_value() ? TaskField::kReadjustMinSize
                                             : TaskField::kReadjustMaxSize);
  }
  const bool too_low = merged.expect_size < merged.min_size;
  if (!too_low && merged.expect_size <= merged.max_size) return merged;
  if (edit.expect_size.has_value()) return Invalid(TaskField::kReadjustExpectSize);
  return Invalid(too_low ? TaskField::kReadjustMinSize : TaskField::kReadjustMaxSize);
}

std::optional<TaskFault> CheckReadjust(const Readjust& readjust, const Quotas& quotas) {
  const ReadjustEdit all = {readjust.max_size, readjust.min_size, readjust.expect_size};
  const std::variant<Readjust, TaskFault> merged = MergeReadjust(readjust, all, quotas);
  const auto* fault = std::get_if<TaskFault>(&merged);
  return fault != nullptr ? std::make_optional(*fault) : std::nullopt;
}

TaskFault FaultOf(const RecurrenceFault& fault) {
  const FaultKind kind = fault.missing ? FaultKind::kMissing : FaultKind::kInvalid;
  switch (fault.field) {
    case RecurrenceField::kRecurrence:
      return {.field = TaskField::kRecurrence, .kind = kind};
    case RecurrenceField::kRepeatUnit:
      return {.field = TaskField::kRepeatUnit, .kind = kind};
    case RecurrenceField::kRepeatCycle:
      break;
  }
  return {.field = TaskField::kRepeatCycle, .kind = kind};
}

std::optional<TaskFault> CheckTimes(const ScheduledTask& task, const ScheduledTask* before,
                                    absl::Time now) {
  const bool one_shot = std::holds_alternative<OneShotRule>(task.rule);
  if (one_shot) {
    // A rule that was cron's makes an old StartTime the instant that fires.
    const bool new_start =
        before == nullptr || before->start_time != task.start_time || before->rule != task.rule;
    if (new_start && task.start_time <= now) return Invalid(TaskField::kStartTime);
    if (task.end_time.has_value()) return Invalid(TaskField::kEndTime);
    return std::nullopt;
  }
  if (!task.end_time.has_value()) return Missing(TaskField::kEndTime);
  if (*task.end_time < task.start_time) return Invalid(TaskField::kEndTime);
  const bool new_end = before == nullptr || before->end_time != task.end_time;
  if (new_end && *task.end_time <= now) return Invalid(TaskField::kEndTime);
  return std::nullopt;
}

}  // namespace accordion::domain
