#include "engine/service/task_handlers.h"

#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "accordion/v1/scheduled_task.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/domain/occurrence.h"
#include "engine/domain/scheduled_task_rules.h"
#include "engine/service/group_key.h"
#include "engine/service/quota_names.h"
#include "engine/service/resource_id.h"
#include "engine/service/task_converters.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

constexpr int kDefaultPage = 20;

absl::StatusOr<domain::TaskId> TaskIdOf(const std::string& text) {
  const auto id = ParseResourceId(text);
  if (!id) return domain::ScalingScheduledTaskNotFound(text);
  return domain::TaskId(*id);
}

absl::Status NotFound(const domain::TaskId& id) {
  return domain::ScalingScheduledTaskNotFound(FormatResourceId(id.value()));
}

// `task` with what the request gives, judged as a whole; `before` is null for a Create.
template <typename Request>
absl::Status Edit(const Request& request, const domain::ScheduledTask* before,
                  const domain::Quotas& quotas, absl::Time now, domain::ScheduledTask& task) {
  const auto readjust = domain::MergeReadjust(task.readjust, ReadjustEditOf(request), quotas);
  if (const auto* fault = std::get_if<domain::TaskFault>(&readjust)) {
    return TaskFaultStatus<Request>(*fault);
  }
  task.readjust = std::get<domain::Readjust>(readjust);
  Apply(request, task);
  const auto rule = domain::ParseRule(task.recurrence);
  if (const auto* fault = std::get_if<domain::RecurrenceFault>(&rule)) {
    return TaskFaultStatus<Request>(domain::FaultOf(*fault));
  }
  task.rule = std::get<domain::Rule>(rule);
  const auto fault = domain::CheckTimes(task, before, now);
  return fault ? TaskFaultStatus<Request>(*fault) : absl::OkStatus();
}

// Each due instant has a row (I-17), so also one that an edit drops: the engine was away, or is
// just about to fire it. Of very many the oldest, as many as one firing takes.
absl::Status RecordDropped(ports::Tx& tx, const domain::ScalingGroup& group,
                           const domain::ScheduledTask& task, const absl::TimeZone& zone) {
  const domain::FiringFacts facts{.zone = zone, .misfire_grace = absl::InfiniteDuration()};
  std::vector<ports::TaskOccurrence> rows;
  for (domain::Occurrence dropped : domain::DecideFiring(task, facts, tx.Now()).occurrences) {
    dropped.outcome = domain::OccurrenceOutcome::kCoalesced;
    rows.push_back({.occurrence = dropped,
                    .decided_at = tx.Now(),
                    .desired_before = group.desired_capacity,
                    .desired_after = group.desired_capacity});
  }
  return tx.tasks().AddOccurrences({group.account_id, group.id}, rows).status();
}

// Before anything is known of the account.
domain::Quotas NoQuotas() {
  domain::Quotas quotas;
  quotas.max_size = std::numeric_limits<int>::max();
  return quotas;
}

}  // namespace

absl::StatusOr<v1::CreateScheduledTaskResponse> TaskHandlers::Create(
    const RequestContext& context, const v1::CreateScheduledTaskRequest& request) {
  ports::GroupKey key;
  const auto create = [&](ports::Tx& tx) -> absl::StatusOr<v1::CreateScheduledTaskResponse> {
    domain::ScheduledTask task;
    // Parameters are judged before the group that they are for.
    RETURN_IF_ERROR(Edit(request, nullptr, NoQuotas(), tx.Now(), task));
    ASSIGN_OR_RETURN(key, GroupKeyOf(context, request.scaling_group_id()));
    RETURN_IF_ERROR(CreateInTx(tx, key, request, task));
    v1::CreateScheduledTaskResponse response;
    response.mutable_return_set()->set_scaling_schedule_task_id(FormatResourceId(task.id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, create);
  if (answer.ok()) parts_.waker.TaskChanged(key);
  return answer;
}

absl::Status TaskHandlers::CreateInTx(ports::Tx& tx, const ports::GroupKey& key,
                                      const v1::CreateScheduledTaskRequest& request,
                                      domain::ScheduledTask& task) const {
  RETURN_IF_ERROR(LockGroup(tx, key).status());
  ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(key.account_id));
  RETURN_IF_ERROR(Edit(request, nullptr, quotas, tx.Now(), task));
  ASSIGN_OR_RETURN(const int count, tx.tasks().Count(key));
  if (count >= quotas.tasks_per_group) {
    return domain::QuotaExceeded(QuotaName(&domain::Quotas::tasks_per_group),
                                 quotas.tasks_per_group);
  }
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  task.id = domain::TaskId(id);
  task.group_id = key.group_id;
  task.account_id = key.account_id;
  task.create_time = tx.Now();
  task.next_due_at = domain::FirstDueAt(task, tx.Now(), parts_.zone);
  return tx.tasks().Insert(task);
}

absl::StatusOr<v1::ModifyScheduledTaskResponse> TaskHandlers::Modify(
    const RequestContext& context, const v1::ModifyScheduledTaskRequest& request) {
  RETURN_IF_ERROR(CheckGivenWords(request));  // words are judged before ids
  ASSIGN_OR_RETURN(const domain::TaskId id, TaskIdOf(request.scaling_scheduled_task_id()));
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupOfTask(context, request, id));
  const auto modify = [&](ports::Tx& tx) -> absl::StatusOr<v1::ModifyScheduledTaskResponse> {
    RETURN_IF_ERROR(ModifyInTx(tx, key, id, request));
    v1::ModifyScheduledTaskResponse response;
    response.set_return_(true);
    response.mutable_return_set()->set_scaling_schedule_task_id(FormatResourceId(id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, modify);
  if (answer.ok()) parts_.waker.TaskChanged(key);
  return answer;
}

absl::StatusOr<ports::GroupKey> TaskHandlers::GroupOfTask(
    const RequestContext& context, const v1::ModifyScheduledTaskRequest& request,
    const domain::TaskId& id) const {
  if (!request.scaling_group_id().empty()) {
    return GroupKeyOf(context, request.scaling_group_id());
  }
  ports::GroupKey key{context.account_id, {}};
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const domain::ScheduledTask task,
                     OrNotFound(tx.tasks().Find(context.account_id, id), NotFound(id)));
    key.group_id = task.group_id;
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return key;
}

absl::Status TaskHandlers::ModifyInTx(ports::Tx& tx, const ports::GroupKey& key,
                                      const domain::TaskId& id,
                                      const v1::ModifyScheduledTaskRequest& request) const {
  const absl::StatusOr<domain::ScalingGroup> group = LockGroup(tx, key);
  // A group that the request doesn't name can't be what is missing.
  if (!group.ok() && request.scaling_group_id().empty() && absl::IsNotFound(group.status())) {
    return NotFound(id);
  }
  RETURN_IF_ERROR(group.status());
  ASSIGN_OR_RETURN(const domain::ScheduledTask before,
                   OrNotFound(tx.tasks().Lock(key, id), NotFound(id)));
  ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(key.account_id));
  domain::ScheduledTask task = before;
  RETURN_IF_ERROR(Edit(request, &before, quotas, tx.Now(), task));
  RETURN_IF_ERROR(RecordDropped(tx, *group, before, parts_.zone));
  task.next_due_at = domain::FirstDueAt(task, tx.Now(), parts_.zone);
  return tx.tasks().Update(task);
}

absl::StatusOr<v1::DeleteScheduledTaskResponse> TaskHandlers::Delete(
    const RequestContext& context, const v1::DeleteScheduledTaskRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  ASSIGN_OR_RETURN(const domain::TaskId id, TaskIdOf(request.scaling_scheduled_task_id()));
  const auto remove = [&](ports::Tx& tx) -> absl::StatusOr<v1::DeleteScheduledTaskResponse> {
    RETURN_IF_ERROR(LockGroup(tx, key).status());
    RETURN_IF_ERROR(OrNotFound(tx.tasks().Lock(key, id), NotFound(id)).status());
    RETURN_IF_ERROR(tx.tasks().Delete(key, id));
    v1::DeleteScheduledTaskResponse response;
    response.mutable_return_set()->set_scaling_schedule_task_id(FormatResourceId(id.value()));
    return response;
  };
  return Write(parts_.store, context, remove);
}

absl::StatusOr<v1::DescribeScheduledTaskResponse> TaskHandlers::Describe(
    const RequestContext& context, const v1::DescribeScheduledTaskRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  ports::TaskFilter filter;
  for (const std::string& id : request.scaling_scheduled_task_ids()) {
    filter.ids.emplace_back(ResourceIdOrNone(id));
  }
  filter.name_contains = request.scaling_scheduled_task_name();
  domain::ScalingGroup group;
  ports::Listing<ports::ListedTask> listing;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(group, GetGroup(tx, key));
    ASSIGN_OR_RETURN(listing, tx.tasks().List(key, filter, PageOf(request, kDefaultPage)));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  v1::DescribeScheduledTaskResponse response;
  response.set_scheduled_task_size(listing.total);
  if (listing.rows.empty()) return response;
  for (const ports::ListedTask& row : listing.rows) {
    v1::ScheduledTask* message = response.add_scheduled_tasks();
    ToMessage(row.task, message);
    message->set_availability_zone(group.zone);
    if (!row.last.has_value()) continue;
    message->set_description(activity::OccurrenceText(parts_.language, row.last->occurrence,
                                                      row.last->words, parts_.zone));
  }
  return response;
}

}  // namespace accordion::service
