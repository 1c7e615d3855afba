// Scheduled tasks between the API's messages and the domain.
#pragma once

#include "absl/status/status.h"
#include "engine/domain/scheduled_task.h"
#include "engine/domain/scheduled_task_rules.h"

namespace accordion::v1 {
class ModifyScheduledTaskRequest;
class ScheduledTask;
}  // namespace accordion::v1

namespace accordion::service {

// For CreateScheduledTaskRequest and ModifyScheduledTaskRequest:

template <typename Request>
domain::ReadjustEdit ReadjustEditOf(const Request& request);

// Name, times and texts that the request gives; the sizes and the rule are the rules' results.
template <typename Request>
void Apply(const Request& request, domain::ScheduledTask& task);

// The parameter of what the rules found fault with.
template <typename Request>
absl::Status TaskFaultStatus(const domain::TaskFault& fault);

// InvalidParameterValue for a word that is wrong whatever the task looks like.
absl::Status CheckGivenWords(const v1::ModifyScheduledTaskRequest& request);

void ToMessage(const domain::ScheduledTask& task, v1::ScheduledTask* message);

}  // namespace accordion::service
