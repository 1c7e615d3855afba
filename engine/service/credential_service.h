// CredentialService: who an access key or a metric token belongs to, for gateways. Its answers hold
// secrets: nothing here logs a request or an answer.
#pragma once

#include <memory>

#include "engine/ports/store.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace accordion::service {

class RpcRunner;

// See auto_scaling_service.h for lifetimes.
std::unique_ptr<grpc::Service> MakeCredentialService(RpcRunner& runner, ports::Store& store);

}  // namespace accordion::service
