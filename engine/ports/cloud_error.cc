#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/ports/compute_cloud.h"

namespace accordion::ports {
namespace {

constexpr char kPayload[] = "accordion/failure_class";

absl::StatusCode CodeOf(activity::FailureClass failure) {
  switch (failure) {
    case activity::FailureClass::kAuth:
      return absl::StatusCode::kUnauthenticated;
    case activity::FailureClass::kThrottled:
    case activity::FailureClass::kQuota:
    case activity::FailureClass::kStock:
    case activity::FailureClass::kNoAddress:
      return absl::StatusCode::kResourceExhausted;
    case activity::FailureClass::kPermanent:
      return absl::StatusCode::kInvalidArgument;
    case activity::FailureClass::kTimeout:
    case activity::FailureClass::kUnresolved:
      return absl::StatusCode::kDeadlineExceeded;
    case activity::FailureClass::kNone:
    case activity::FailureClass::kTransient:
      return absl::StatusCode::kUnavailable;
  }
  return absl::StatusCode::kUnknown;
}

}  // namespace

absl::Status CloudError(activity::FailureClass failure, absl::string_view words) {
  absl::Status status(CodeOf(failure), words);
  status.SetPayload(kPayload, absl::Cord(absl::StrCat(static_cast<int>(failure))));
  return status;
}

activity::FailureClass FailureClassOf(const absl::Status& status) {
  if (status.ok()) return activity::FailureClass::kNone;
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  int failure = 0;
  if (payload.has_value() && absl::SimpleAtoi(std::string(*payload), &failure)) {
    return static_cast<activity::FailureClass>(failure);
  }
  return activity::FailureClass::kTransient;  // a plain error says nothing of what happened
}

}  // namespace accordion::ports
