// The way of an API request through the gateway (docs/architecture.md): parse once, verify,
// authorize, throttle, route, decode, call the engine, encode.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "api-gateway/auth/authenticator.h"
#include "api-gateway/auth/throttle.h"
#include "api-gateway/engine/engine_channel.h"
#include "api-gateway/gateway_metrics.h"
#include "api-gateway/openapi/response_encoder.h"
#include "api-gateway/openapi/route_table.h"
#include "base/clock.h"
#include "base/http_server.h"
#include "base/random.h"

namespace accordion::gateway {

// Thread-safe. The parts must outlive the handler and every open request.
class ApiHandler {
 public:
  struct Parts {
    const RouteTable& routes;
    const Authenticator& authenticator;
    Throttle& throttle;
    EngineChannel& engine;
    GatewayMetrics& metrics;
    const base::Clock& clock;
    base::Rng& rng;  // thread-safe
  };
  struct Settings {
    absl::TimeZone zone;                        // the region's
    std::vector<std::string> disabled_actions;  // canonical names
  };

  ApiHandler(Parts parts, Settings settings);

  void Handle(base::HttpRequest request, base::Responder respond);

  // Refusals of the HTTP server in the API's envelope. They are JSON: no header has been read, and
  // every client of the API reads JSON.
  base::HttpResponse ShapeRejection(base::HttpRejection rejection);

 private:
  struct Exchange;
  using ExchangePtr = std::shared_ptr<Exchange>;

  MaybeError ReadEnvelope(Exchange* exchange, const RequestParameters& parameters);
  // Hands the request to the engine; nothing if that was done.
  MaybeError Dispatch(const ExchangePtr& exchange, const VerifiedRequest& verified);
  MaybeError Admit(Exchange* exchange, const Principal& principal);
  MaybeError CheckAction(const Exchange& exchange) const;
  void Answer(Exchange* exchange, const google::protobuf::Message& answer);
  void Fail(Exchange* exchange, const ApiError& error);
  void Send(Exchange* exchange, absl::string_view code, base::HttpResponse response);

  const Parts parts_;
  const absl::TimeZone zone_;
  const absl::flat_hash_set<std::string> disabled_actions_;
};

}  // namespace accordion::gateway
