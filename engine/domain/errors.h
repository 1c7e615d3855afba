// The domain's errors: one function a reason of the catalogue
// (proto/accordion/v1/error_reason.proto).
//
// The status carries the reason's name and its arguments as a payload, since the domain knows no
// protos; the service turns it into an ErrorDetail and the gateway into the user's code and
// message. A test checks that each reason used here is a row of the catalogue.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/domain/types.h"

namespace accordion::domain {

struct ErrorInfo {
  std::string reason;                  // name of an ErrorReason value
  std::vector<std::string> arguments;  // fill the message template in order

  friend bool operator==(const ErrorInfo&, const ErrorInfo&) = default;
};

// A status of `code` that carries `reason` and `arguments`.
absl::Status ErrorStatus(absl::StatusCode code, absl::string_view reason,
                         std::initializer_list<absl::string_view> arguments);
// The payload of a status made by ErrorStatus; nullopt for any other status.
std::optional<ErrorInfo> ErrorInfoOf(const absl::Status& status);

absl::Status InvalidParameterValue(absl::string_view parameter);
absl::Status MissingParameter(absl::string_view parameter);
absl::Status ScalingGroupNotFound(absl::string_view id);
absl::Status ScalingConfigurationNotFound(absl::string_view id);
absl::Status ScalingPolicyNotFound(absl::string_view id);
absl::Status ScalingInstanceNotFound(absl::string_view id);
absl::Status ScalingScheduledTaskNotFound(absl::string_view id);
absl::Status ScalingNotificationNotFound(absl::string_view id);
absl::Status ScalingGroupInUse(absl::string_view id, absl::string_view why);
absl::Status ScalingConfigurationInUse(absl::string_view id, absl::string_view group_id);
absl::Status ScalingActivityInProgress(absl::string_view group_id);
absl::Status InstanceProtected(absl::string_view instance_id);
absl::Status InstanceInUse(absl::string_view instance_id);
absl::Status InstanceNotRunning(absl::string_view instance_id);
absl::Status CapacityOutOfRange(absl::string_view what);
absl::Status QuotaExceeded(absl::string_view quota, int limit);
absl::Status IdempotentParameterMismatch(absl::string_view client_token);
absl::Status ClientTokenInProgress(absl::string_view client_token);
absl::Status DryRunOperation();
absl::Status ServiceTimeout();
absl::Status ServiceUnavailable();

}  // namespace accordion::domain
