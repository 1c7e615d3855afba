#include "engine/service/status_encoding.h"

#include <grpcpp/support/status.h>

#include "accordion/v1/error_detail.pb.h"
#include "engine/domain/errors.h"

namespace accordion::service {
namespace {

v1::ErrorReason ReasonOfPlain(absl::StatusCode code) {
  if (code == absl::StatusCode::kDeadlineExceeded) return v1::SERVICE_TIMEOUT;
  if (code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kUnknown ||
      code == absl::StatusCode::kAborted || code == absl::StatusCode::kResourceExhausted) {
    return v1::SERVICE_UNAVAILABLE;
  }
  return v1::SERVICE_EXCEPTION;
}

}  // namespace

v1::ErrorDetail ErrorDetailOf(const absl::Status& status) {
  v1::ErrorDetail detail;
  const auto info = domain::ErrorInfoOf(status);
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (info && v1::ErrorReason_Parse(info->reason, &reason)) {
    detail.set_reason(reason);
    for (const std::string& argument : info->arguments) detail.add_arguments(argument);
    return detail;
  }
  detail.set_reason(ReasonOfPlain(status.code()));
  if (detail.reason() == v1::SERVICE_EXCEPTION) {
    detail.add_arguments(absl::StatusCodeToString(status.code()));
  }
  return detail;
}

grpc::Status GrpcStatusOf(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (absl::IsInvalidArgument(status) && !domain::ErrorInfoOf(status)) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, std::string(status.message()));
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      v1::ErrorReason_Name(ErrorDetailOf(status).reason()));
}

}  // namespace accordion::service
