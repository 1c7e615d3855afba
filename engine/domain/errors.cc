#include "engine/domain/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace accordion::domain {
namespace {

constexpr char kPayloadType[] = "accordion.domain/ErrorInfo";

// The payload is a list of "<length>:<bytes>", so that an argument may hold anything.
void AppendField(std::string& payload, absl::string_view field) {
  absl::StrAppend(&payload, field.size(), ":", field);
}

// Takes the first field off `payload`; nullopt if there is none.
std::optional<std::string> TakeField(absl::string_view& payload) {
  const size_t colon = payload.find(':');
  size_t length = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(payload.substr(0, colon), &length) ||
      length > payload.size() - colon - 1) {
    return std::nullopt;
  }
  std::string field(payload.substr(colon + 1, length));
  payload.remove_prefix(colon + 1 + length);
  return field;
}

}  // namespace

absl::Status ErrorStatus(absl::StatusCode code, absl::string_view reason,
                         std::initializer_list<absl::string_view> arguments) {
  std::string message(reason);
  std::string payload;
  AppendField(payload, reason);
  for (absl::string_view argument : arguments) {
    absl::StrAppend(&message, " ", argument);
    AppendField(payload, argument);
  }
  absl::Status status(code, message);
  status.SetPayload(kPayloadType, absl::Cord(payload));
  return status;
}

std::optional<ErrorInfo> ErrorInfoOf(const absl::Status& status) {
  const auto cord = status.GetPayload(kPayloadType);
  if (!cord.has_value()) return std::nullopt;
  const std::string payload(*cord);
  absl::string_view rest = payload;
  const std::optional<std::string> reason = TakeField(rest);
  if (!reason.has_value()) return std::nullopt;
  ErrorInfo info{.reason = *reason};
  while (!rest.empty()) {
    const std::optional<std::string> argument = TakeField(rest);
    if (!argument.has_value()) return std::nullopt;
    info.arguments.push_back(*argument);
  }
  return info;
}

absl::Status InvalidParameterValue(absl::string_view parameter) {
  return ErrorStatus(absl::StatusCode::kInvalidArgument, "INVALID_PARAMETER_VALUE", {parameter});
}
absl::Status MissingParameter(absl::string_view parameter) {
  return ErrorStatus(absl::StatusCode::kInvalidArgument, "MISSING_PARAMETER", {parameter});
}
absl::Status ScalingGroupNotFound(absl::string_view id) {
  return ErrorStatus(absl::StatusCode::kNotFound, "SCALING_GROUP_NOT_FOUND", {id});
}
absl::Status ScalingConfigurationNotFound(absl::string_view id) {
  return ErrorStatus(absl::StatusCode::kNotFound, "SCALING_CONFIGURATION_NOT_FOUND", {id});
}
absl::Status ScalingPolicyNotFound(absl::string_view id) {
  return ErrorStatus(absl::StatusCode::kNotFound, "SCALING_POLICY_NOT_FOUND", {id});
}
absl::Status ScalingInstanceNotFound(absl::string_view id) {
  return ErrorStatus(absl::StatusCode::kNotFound, "SCALING_INSTANCE_NOT_FOUND", {id});
}
absl::Status ScalingScheduledTaskNotFound(absl::string_view id) {
  return ErrorStatus(absl::StatusCode::kNotFound, "SCALING_SCHEDULED_TASK_NOT_FOUND", {id});
}
absl::Status ScalingNotificationNotFound(absl::string_view id) {
  return ErrorStatus(absl::StatusCode::kNotFound, "SCALING_NOTIFICATION_NOT_FOUND", {id});
}
absl::Status ScalingGroupInUse(absl::string_view id, absl::string_view why) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "SCALING_GROUP_IN_USE", {id, why});
}
absl::Status ScalingConfigurationInUse(absl::string_view id, absl::string_view group_id) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "SCALING_CONFIGURATION_IN_USE",
                     {id, group_id});
}
absl::Status ScalingActivityInProgress(absl::string_view group_id) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "SCALING_ACTIVITY_IN_PROGRESS",
                     {group_id});
}
absl::Status InstanceProtected(absl::string_view instance_id) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "INSTANCE_PROTECTED", {instance_id});
}
absl::Status InstanceInUse(absl::string_view instance_id) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "INSTANCE_IN_USE", {instance_id});
}
absl::Status InstanceNotRunning(absl::string_view instance_id) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "INSTANCE_NOT_RUNNING", {instance_id});
}
absl::Status CapacityOutOfRange(absl::string_view what) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "CAPACITY_OUT_OF_RANGE", {what});
}
absl::Status QuotaExceeded(absl::string_view quota, int limit) {
  return ErrorStatus(absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED",
                     {quota, absl::StrCat(limit)});
}
absl::Status IdempotentParameterMismatch(absl::string_view client_token) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "IDEMPOTENT_PARAMETER_MISMATCH",
                     {client_token});
}
absl::Status ClientTokenInProgress(absl::string_view client_token) {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "CLIENT_TOKEN_IN_PROGRESS",
                     {client_token});
}
absl::Status DryRunOperation() {
  return ErrorStatus(absl::StatusCode::kFailedPrecondition, "DRY_RUN_OPERATION", {});
}
absl::Status ServiceTimeout() {
  return ErrorStatus(absl::StatusCode::kDeadlineExceeded, "SERVICE_TIMEOUT", {});
}
absl::Status ServiceUnavailable() {
  return ErrorStatus(absl::StatusCode::kUnavailable, "SERVICE_UNAVAILABLE", {});
}

}  // namespace accordion::domain
