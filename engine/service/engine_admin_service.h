// EngineAdminService: what operators set, and how the engine is. Requests hold secrets: nothing
// here logs them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "engine/ports/audit.h"
#include "engine/ports/store.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace accordion::service {

class RpcRunner;

struct EngineStatus {
  std::string engine_id;
  std::string version;
  absl::Time started_at;
  std::string not_ready_reason;  // empty: ready
  int owned_shards = 0;
};
using EngineStatusSource = std::function<EngineStatus()>;

// `terms`: the times by the engine's settings; a request may change how much is looked at and
// shown.
struct AuditSource {
  ports::Audit& audit;
  ports::AuditTerms terms;
};

// See auto_scaling_service.h for lifetimes. An unusable request is INVALID_ARGUMENT with words for
// the operator.
std::unique_ptr<grpc::Service> MakeEngineAdminService(RpcRunner& runner, ports::Store& store,
                                                      EngineStatusSource status,
                                                      const AuditSource& audit);

}  // namespace accordion::service
