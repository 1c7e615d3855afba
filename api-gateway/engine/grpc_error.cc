#include "api-gateway/engine/grpc_error.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include "accordion/v1/error_detail.pb.h"
#include "accordion/v1/error_reason.pb.h"

namespace accordion::gateway {
namespace {

constexpr char kErrorMetadata[] = "accordion-error-bin";

}  // namespace

ApiError ErrorOf(const grpc::Status& status, const grpc::ClientContext& context) {
  const auto& trailing = context.GetServerTrailingMetadata();
  const auto found = trailing.find(kErrorMetadata);
  v1::ErrorDetail detail;
  if (found != trailing.end() &&
      detail.ParseFromArray(found->second.data(), static_cast<int>(found->second.size())) &&
      detail.reason() != v1::ERROR_REASON_UNSPECIFIED) {
    return {detail.reason(), {detail.arguments().begin(), detail.arguments().end()}};
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return {v1::SERVICE_TIMEOUT, {}};
  return {v1::SERVICE_UNAVAILABLE, {}};
}

}  // namespace accordion::gateway
