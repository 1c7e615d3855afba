// What a failed rpc means to the API's user.
#pragma once

#include "api-gateway/openapi/api_error.h"

namespace grpc {
class ClientContext;
class Status;
}  // namespace grpc

namespace accordion::gateway {

// The engine's own reason (trailing metadata `accordion-error-bin`) where it gave one. Without:
// ServiceTimeout for a passed deadline, ServiceUnavailable for everything else. An rpc that this
// engine lacks (a rolling upgrade) is ServiceUnavailable too: a 404 would make clients forget live
// groups.
ApiError ErrorOf(const grpc::Status& status, const grpc::ClientContext& context);

}  // namespace accordion::gateway
