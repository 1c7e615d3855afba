#include "engine/service/rpc_runner.h"

#include "accordion/v1/error_detail.pb.h"
#include "base/log.h"
#include "engine/domain/errors.h"
#include "engine/service/status_encoding.h"

namespace accordion::service {

absl::StatusOr<RequestContext> RpcRunner::CallerOf(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(kContextMetadata);
  if (found == metadata.end()) return ParseRequestContext("");
  return ParseRequestContext(absl::string_view(found->second.data(), found->second.size()));
}

absl::Status RpcRunner::Overloaded() {
  return domain::ErrorStatus(absl::StatusCode::kResourceExhausted, "SERVICE_UNAVAILABLE", {});
}

absl::Status RpcRunner::StillWanted(const grpc::CallbackServerContext& context) const {
  const bool late = absl::FromChrono(context.deadline()) <= parts_.clock.Now();
  return late || context.IsCancelled() ? domain::ServiceTimeout() : absl::OkStatus();
}

void RpcRunner::Finish(absl::string_view method, grpc::CallbackServerContext* context,
                       grpc::ServerUnaryReactor* reactor, absl::Duration started,
                       const absl::Status& status) {
  const absl::Duration took = parts_.clock.BootTime() - started;
  if (status.ok()) {
    parts_.metrics.RpcFinished(method, "OK", took);
    reactor->Finish(grpc::Status::OK);
    return;
  }
  const v1::ErrorDetail detail = ErrorDetailOf(status);
  const std::string& reason = v1::ErrorReason_Name(detail.reason());
  // The caller learns a class only; what it was stands here.
  if (!domain::ErrorInfoOf(status)) {
    base::LogWarning("rpc failed",
                     {{"method", method}, {"reason", reason}, {"status", status.ToString()}});
  }
  parts_.metrics.RpcFinished(method, absl::StatusCodeToString(status.code()), took);
  context->AddTrailingMetadata(kErrorMetadata, detail.SerializeAsString());
  reactor->Finish(GrpcStatusOf(status));
}

}  // namespace accordion::service
