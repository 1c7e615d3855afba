#include "tests/cloudsim/simulator.h"

#include <utility>

#include "base/status_macros.h"
#include "tests/cloudsim/region/limits.h"

namespace accordion::cloudsim {

absl::StatusOr<std::unique_ptr<Simulator>> Simulator::Start(SimulatorOptions options,
                                                            const base::Clock& clock) {
  ASSIGN_OR_RETURN(Region region, Region::Create(std::move(options.region), options.seed));
  std::unique_ptr<Simulator> simulator(new Simulator(std::move(region), options, clock));
  RETURN_IF_ERROR(simulator->Listen(options));
  return simulator;
}

Simulator::Simulator(Region region, const SimulatorOptions& options, const base::Clock& clock)
    : host_(std::move(region), clock),
      samples_(kMaxSampleRecords),
      delays_(system_clock_),
      openapi_({.signature_window = options.signature_window, .seed = options.seed + 3}, host_,
               held_, delays_),
      admin_(host_, held_, delays_, samples_) {}

absl::Status Simulator::Listen(const SimulatorOptions& options) {
  base::HttpServerOptions openapi;
  openapi.port = options.port;
  ASSIGN_OR_RETURN(
      openapi_server_,
      base::HttpServer::Start(openapi, [this](base::HttpRequest request, base::Responder respond) {
        openapi_.Handle(std::move(request), std::move(respond));
      }));
  base::HttpServerOptions admin;
  admin.port = options.admin_port;
  admin.max_body_bytes = 4 * 1024 * 1024;  // a long load curve
  ASSIGN_OR_RETURN(admin_server_, base::HttpServer::Start(admin, [this](base::HttpRequest request,
                                                                        base::Responder respond) {
                     admin_.Handle(std::move(request), std::move(respond));
                   }));
  return absl::OkStatus();
}

Simulator::~Simulator() {
  if (openapi_server_ != nullptr) openapi_server_->Stop(absl::ZeroDuration());
  if (admin_server_ != nullptr) admin_server_->Stop(absl::ZeroDuration());
  // Its functions use the services, which go before it.
  delays_.Stop();
}

}  // namespace accordion::cloudsim
