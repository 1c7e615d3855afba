#include "tests/cloudsim/region/cloud_error.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace accordion::cloudsim {
namespace {

constexpr char kPayloadUrl[] = "accordion.cloudsim/error";

absl::StatusCode StatusCodeOf(int http_status) {
  if (http_status == 404) return absl::StatusCode::kNotFound;
  if (http_status == 403) return absl::StatusCode::kPermissionDenied;
  if (http_status == 409) return absl::StatusCode::kFailedPrecondition;
  if (http_status >= 500) return absl::StatusCode::kInternal;
  return absl::StatusCode::kInvalidArgument;
}

}  // namespace

absl::Status CloudError(int http_status, absl::string_view code, absl::string_view message) {
  absl::Status status(StatusCodeOf(http_status), message);
  status.SetPayload(kPayloadUrl, absl::Cord(absl::StrCat(http_status, " ", code)));
  return status;
}

CloudErrorInfo CloudErrorInfoOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) {
    return {
        .http_status = 500, .code = "InternalFailure", .message = std::string(status.message())};
  }
  const std::string text(*payload);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(' ', 1));
  CloudErrorInfo info{.code = std::string(parts.second), .message = std::string(status.message())};
  if (!absl::SimpleAtoi(parts.first, &info.http_status)) info.http_status = 500;
  return info;
}

absl::Status MissingParameterError(absl::string_view parameter) {
  return CloudError(400, "MissingParameter",
                    absl::StrCat("The request must contain the parameter ", parameter));
}

absl::Status InvalidParameterError(absl::string_view parameter, absl::string_view why) {
  return CloudError(400, "InvalidParameterValue",
                    absl::StrCat("The value of the parameter ", parameter, " is invalid: ", why));
}

absl::Status NotFoundError(absl::string_view resource, absl::string_view id) {
  return CloudError(404, absl::StrCat(resource, "NotFound"),
                    absl::StrCat("The ", resource, " '", id, "' does not exist"));
}

}  // namespace accordion::cloudsim
