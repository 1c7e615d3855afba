// Prometheus remote-write: who pushes, what of it is ours, and on to the engine.
#pragma once

#include "api-gateway/auth/metric_credential_source.h"
#include "api-gateway/engine/sample_stream.h"
#include "api-gateway/gateway_metrics.h"
#include "api-gateway/remote_write/series_mapping.h"
#include "base/clock.h"
#include "base/http_server.h"

namespace accordion::gateway {

// Thread-safe. The parts must outlive the handler and every open request.
//
// Answers, as senders of this protocol understand them: 204 when the engine has taken the batch;
// 400 for garbage and 401, 403 for a bad credential, which a sender drops; 503 when the engine is
// away, which it repeats.
class RemoteWriteHandler {
 public:
  struct Parts {
    MetricCredentialSource& credentials;
    SampleStream& stream;
    GatewayMetrics& metrics;
    const base::Clock& clock;
  };

  RemoteWriteHandler(Parts parts, SeriesMapping mapping);

  void Handle(base::HttpRequest request, base::Responder respond);

 private:
  struct Exchange;

  void Write(const std::shared_ptr<Exchange>& exchange, const MetricCredential& credential);
  void Answer(const std::shared_ptr<Exchange>& exchange, int status, absl::string_view message);

  const Parts parts_;
  const SeriesMapping mapping_;
};

}  // namespace accordion::gateway
