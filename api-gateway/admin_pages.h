// The pages of the admin listener: metrics and health.
#pragma once

#include <functional>

#include "api-gateway/gateway_metrics.h"
#include "base/http_server.h"

namespace accordion::gateway {

// /metrics in Prometheus's text format. /livez: 200 as long as requests are served at all; it
// depends on nothing, so that an engine's fault never restarts gateways. /readyz: 200 or 503, for
// load balancers. `metrics` must outlive the handler.
base::HttpHandler MakeAdminPages(const GatewayMetrics* metrics, std::function<bool()> is_ready);

}  // namespace accordion::gateway
