// The whole program but its flags: region, both HTTP interfaces, agents.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/http_server.h"
#include "tests/cloudsim/admin/admin_service.h"
#include "tests/cloudsim/agent/sample_log.h"
#include "tests/cloudsim/delay_queue.h"
#include "tests/cloudsim/openapi/held_calls.h"
#include "tests/cloudsim/openapi/openapi_service.h"
#include "tests/cloudsim/region/region_spec.h"
#include "tests/cloudsim/region_host.h"

namespace accordion::cloudsim {

struct SimulatorOptions {
  RegionSpec region;
  uint64_t seed = 1;
  absl::Duration signature_window = absl::Minutes(15);
  int port = 0;        // of the cloud's OpenAPI; 0: any free one
  int admin_port = 0;  // of the operator's interface
};

// Serves on loopback from Start to destruction. Thread-safe.
class Simulator {
 public:
  // `clock` is the region's time and outlives the simulator; delays and long polls run on real
  // time. Fails when the region contradicts itself or a port can't be bound.
  static absl::StatusOr<std::unique_ptr<Simulator>> Start(SimulatorOptions options,
                                                          const base::Clock& clock);
  ~Simulator();

  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  int Port() const { return openapi_server_->Port(); }
  int AdminPort() const { return admin_server_->Port(); }
  RegionHost& host() { return host_; }

 private:
  Simulator(Region region, const SimulatorOptions& options, const base::Clock& clock);
  absl::Status Listen(const SimulatorOptions& options);

  // In the order in which they need each other; the servers go first.
  base::SystemClock system_clock_;
  RegionHost host_;
  HeldCalls held_;
  SampleLog samples_;
  DelayQueue delays_;
  OpenApiService openapi_;
  AdminService admin_;
  std::unique_ptr<base::HttpServer> openapi_server_;
  std::unique_ptr<base::HttpServer> admin_server_;
};

}  // namespace accordion::cloudsim
