// The pages for operators and their tools: /metrics, /livez, /readyz. Served on the admin address
// only.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "base/http_message.h"
#include "engine/observability/metrics.h"

namespace accordion::observability {

// OK, or what is missing, in words for an operator.
using Readiness = std::function<absl::Status()>;

// /livez depends on nothing: it answers while the process can answer at all. /readyz is 503 with
// the reason while the engine should get no requests.
base::HttpResponse AnswerAdminRequest(const base::HttpRequest& request, Metrics& metrics,
                                      const Readiness& ready);

}  // namespace accordion::observability
