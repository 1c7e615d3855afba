// The engine's gRPC services, wired to a store and the control plane, on one listener.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/activity/cause.h"
#include "engine/metrics/sample_store.h"
#include "engine/observability/metrics.h"
#include "engine/ports/cloud_inventory.h"
#include "engine/ports/executor.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/service/engine_admin_service.h"

namespace accordion {

// Thread-safe.
class RpcServer {
 public:
  struct Parts {
    ports::Store& store;
    ports::CloudInventory& inventory;
    ports::GroupWaker& waker;
    ports::Executor& executor;
    metrics::SampleStore& samples;
    observability::Metrics& metrics;
    const base::Clock& clock;
    service::EngineStatusSource status;
    service::AuditSource audit;
  };
  struct Options {
    std::string listen = "127.0.0.1:0";
    activity::Language language = activity::Language::kChinese;
    absl::Duration period_floor = domain::kMinPeriod;
    absl::TimeZone time_zone = absl::UTCTimeZone();  // of the region
  };

  // Serves when it returns; everything in `parts` must outlive it. kUnavailable if the address is
  // taken.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(const Parts& parts,
                                                          const Options& options);
  // Shutdown(ZeroDuration()).
  ~RpcServer();

  int Port() const;

  // What gRPC's health service says: while not healthy, gateways fail their calls at once.
  void SetHealthy(bool healthy);

  // Not healthy; requests may finish for up to `grace`, then they are cancelled. Blocks until all
  // have ended, which needs the executor. Idempotent.
  void Shutdown(absl::Duration grace);

 private:
  struct Services;
  explicit RpcServer(std::unique_ptr<Services> services);

  std::unique_ptr<Services> services_;
};

}  // namespace accordion
