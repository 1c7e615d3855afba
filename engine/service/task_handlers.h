// The actions on scheduled tasks (semantics.md §6).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/activity/cause.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::v1 {
class CreateScheduledTaskRequest;
class CreateScheduledTaskResponse;
class DeleteScheduledTaskRequest;
class DeleteScheduledTaskResponse;
class DescribeScheduledTaskRequest;
class DescribeScheduledTaskResponse;
class ModifyScheduledTaskRequest;
class ModifyScheduledTaskResponse;
}  // namespace accordion::v1

namespace accordion::service {

// Thread-safe.
class TaskHandlers {
 public:
  struct Parts {
    ports::Store& store;
    ports::GroupWaker& waker;
    absl::TimeZone zone;  // of the region: when tasks are due
    activity::Language language = activity::Language::kChinese;
  };
  explicit TaskHandlers(const Parts& parts) : parts_(parts) {}

  absl::StatusOr<v1::CreateScheduledTaskResponse> Create(
      const RequestContext& context, const v1::CreateScheduledTaskRequest& request);
  // The next due instant follows from the edited task alone: what was due and hasn't fired yet is
  // recorded and dropped.
  absl::StatusOr<v1::ModifyScheduledTaskResponse> Modify(
      const RequestContext& context, const v1::ModifyScheduledTaskRequest& request);
  absl::StatusOr<v1::DeleteScheduledTaskResponse> Delete(
      const RequestContext& context, const v1::DeleteScheduledTaskRequest& request);
  absl::StatusOr<v1::DescribeScheduledTaskResponse> Describe(
      const RequestContext& context, const v1::DescribeScheduledTaskRequest& request);

 private:
  absl::Status CreateInTx(ports::Tx& tx, const ports::GroupKey& key,
                          const v1::CreateScheduledTaskRequest& request,
                          domain::ScheduledTask& task) const;
  absl::Status ModifyInTx(ports::Tx& tx, const ports::GroupKey& key, const domain::TaskId& id,
                          const v1::ModifyScheduledTaskRequest& request) const;
  // The group that the request names, else that of the task.
  absl::StatusOr<ports::GroupKey> GroupOfTask(const RequestContext& context,
                                              const v1::ModifyScheduledTaskRequest& request,
                                              const domain::TaskId& id) const;

  const Parts parts_;
};

}  // namespace accordion::service
