// The simulated cloud's errors as absl::Status.
//
// A cloud's refusal is three words: HTTP status, code, message. They ride on the status as a
// payload, so that the region can use StatusOr throughout and the HTTP skin can still say exactly
// what the model said.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace accordion::cloudsim {

struct CloudErrorInfo {
  int http_status = 500;
  std::string code;
  std::string message;
};

// A refusal as the cloud words it.
absl::Status CloudError(int http_status, absl::string_view code, absl::string_view message);

// What `CloudError` put in; any other failed status is our bug and reads as 500 InternalFailure.
// `status` isn't OK.
CloudErrorInfo CloudErrorInfoOf(const absl::Status& status);

// Refusals that more than one place words.
absl::Status MissingParameterError(absl::string_view parameter);
absl::Status InvalidParameterError(absl::string_view parameter, absl::string_view why);
// `resource` is the first part of the code: `Subnet` gives SubnetNotFound.
absl::Status NotFoundError(absl::string_view resource, absl::string_view id);

}  // namespace accordion::cloudsim
