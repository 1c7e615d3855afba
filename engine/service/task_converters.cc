#include "engine/service/task_converters.h"

#include <string>
#include <variant>

#include "absl/strings/str_join.h"
#include "accordion/v1/scheduled_task.pb.h"
#include "engine/domain/cron.h"
#include "engine/domain/errors.h"
#include "engine/service/parameter_name.h"
#include "engine/service/quota_names.h"
#include "engine/service/resource_id.h"
#include "engine/service/timestamps.h"

namespace accordion::service {
namespace {

template <typename Request>
std::string NameOf(domain::TaskField field) {
  using Field = domain::TaskField;
  switch (field) {
    case Field::kReadjustMaxSize:
      return ParameterName<Request>({Request::kReadjustMaxSizeFieldNumber});
    case Field::kReadjustMinSize:
      return ParameterName<Request>({Request::kReadjustMinSizeFieldNumber});
    case Field::kReadjustExpectSize:
      return ParameterName<Request>({Request::kReadjustExpectSizeFieldNumber});
    case Field::kStartTime:
      return ParameterName<Request>({Request::kStartTimeFieldNumber});
    case Field::kEndTime:
      return ParameterName<Request>({Request::kEndTimeFieldNumber});
    case Field::kRecurrence:
      return ParameterName<Request>({Request::kRecurrenceFieldNumber});
    case Field::kRepeatUnit:
      return ParameterName<Request>({Request::kRepeatUnitFieldNumber});
    case Field::kRepeatCycle:
      break;
  }
  return ParameterName<Request>({Request::kRepeatCycleFieldNumber});
}

}  // namespace

template <typename Request>
domain::ReadjustEdit ReadjustEditOf(const Request& request) {
  domain::ReadjustEdit edit;
  if (request.has_readjust_max_size()) edit.max_size = request.readjust_max_size();
  if (request.has_readjust_min_size()) edit.min_size = request.readjust_min_size();
  if (request.has_readjust_expect_size()) edit.expect_size = request.readjust_expect_size();
  return edit;
}

template <typename Request>
void Apply(const Request& request, domain::ScheduledTask& task) {
  if (!request.scaling_scheduled_task_name().empty()) {
    task.name = request.scaling_scheduled_task_name();
  }
  if (request.has_start_time()) task.start_time = TimeOf(request.start_time());
  if (request.has_end_time()) task.end_time = TimeOf(request.end_time());
  if (!request.recurrence().empty()) task.recurrence.recurrence = request.recurrence();
  if (!request.repeat_unit().empty()) task.recurrence.repeat_unit = request.repeat_unit();
  if (!request.repeat_cycle().empty()) {
    task.recurrence.repeat_cycle = absl::StrJoin(request.repeat_cycle(), ",");
  }
}

template <typename Request>
absl::Status TaskFaultStatus(const domain::TaskFault& fault) {
  switch (fault.kind) {
    case domain::FaultKind::kMissing:
      return domain::MissingParameter(NameOf<Request>(fault.field));
    case domain::FaultKind::kInvalid:
      return domain::InvalidParameterValue(NameOf<Request>(fault.field));
    case domain::FaultKind::kAboveQuota:
      break;
  }
  return domain::QuotaExceeded(QuotaName(&domain::Quotas::max_size), fault.limit);
}

using Create = v1::CreateScheduledTaskRequest;
using Modify = v1::ModifyScheduledTaskRequest;
template domain::ReadjustEdit ReadjustEditOf(const Create& request);
template domain::ReadjustEdit ReadjustEditOf(const Modify& request);
template void Apply(const Create& request, domain::ScheduledTask& task);
template void Apply(const Modify& request, domain::ScheduledTask& task);
template absl::Status TaskFaultStatus<Create>(const domain::TaskFault& fault);
template absl::Status TaskFaultStatus<Modify>(const domain::TaskFault& fault);

absl::Status CheckGivenWords(const Modify& request) {
  using Field = domain::TaskField;
  const std::string& cron = request.recurrence();
  if (!cron.empty() && std::holds_alternative<domain::CronField>(domain::ParseCron(cron))) {
    return TaskFaultStatus<Modify>({.field = Field::kRecurrence});
  }
  const std::string& unit = request.repeat_unit();
  if (!unit.empty() && !domain::ParseRepeatUnit(unit).has_value()) {
    return TaskFaultStatus<Modify>({.field = Field::kRepeatUnit});
  }
  return absl::OkStatus();
}

void ToMessage(const domain::ScheduledTask& task, v1::ScheduledTask* message) {
  message->set_scaling_scheduled_task_id(FormatResourceId(task.id.value()));
  message->set_scaling_group_id(FormatResourceId(task.group_id.value()));
  message->set_scaling_scheduled_task_name(task.name);
  message->set_readjust_max_size(task.readjust.max_size);
  message->set_readjust_min_size(task.readjust.min_size);
  message->set_readjust_expect_size(task.readjust.expect_size);
  SetTimestamp(task.start_time, message->mutable_start_time());
  if (task.end_time.has_value()) SetTimestamp(*task.end_time, message->mutable_end_time());
  message->set_recurrence(task.recurrence.recurrence);
  message->set_repeat_unit(task.recurrence.repeat_unit);
  message->set_repeat_cycle(task.recurrence.repeat_cycle);
  SetTimestamp(task.create_time, message->mutable_create_time());
}

}  // namespace accordion::service
