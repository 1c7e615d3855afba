// The whole gateway: owns every part, in order, and the two HTTP servers.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "api-gateway/auth/credential_source.h"
#include "api-gateway/auth/metric_credential_source.h"
#include "api-gateway/config.h"
#include "api-gateway/engine/engine_channel.h"
#include "api-gateway/engine/sample_stream.h"
#include "api-gateway/openapi/route_table.h"
#include "base/clock.h"
#include "base/random.h"

namespace accordion::gateway {

// What the gateway needs of the engine. Tests give their own.
struct EngineLinks {
  std::unique_ptr<CredentialSource> credentials;
  std::unique_ptr<MetricCredentialSource> metric_credentials;
  std::unique_ptr<EngineChannel> channel;
  std::unique_ptr<SampleStream> samples;
};

// The links over gRPC to `config.engine`. The engine need not be there yet.
EngineLinks ConnectEngine(const Config& config, const base::Clock* clock);

// The actions that a gateway with these settings serves.
absl::StatusOr<std::unique_ptr<const RouteTable>> BuildRoutes(const Config& config);

class Gateway {
 public:
  // Serves when it returns. InvalidArgument for settings that cannot be (an unknown time zone, a
  // bad address), Unavailable where an address is taken, FailedPrecondition where the API's
  // description contradicts itself. `clock` and `rng` (thread-safe) must outlive the gateway.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Config& config, EngineLinks links,
                                                        const base::Clock* clock, base::Rng* rng);
  ~Gateway();

  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  int Port() const;
  int AdminPort() const;

  // Not ready any more at once; open requests may finish for up to the configured grace. Blocks.
  // Idempotent.
  void Stop();

 private:
  struct Parts;
  explicit Gateway(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace accordion::gateway
