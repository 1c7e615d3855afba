// What the gateway counts, and its text for a Prometheus scrape.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::gateway {

// Thread-safe. Labels are bounded: actions are those of the route table or "unknown", codes those
// of the catalogue.
class GatewayMetrics {
 public:
  GatewayMetrics();
  ~GatewayMetrics();

  GatewayMetrics(const GatewayMetrics&) = delete;
  GatewayMetrics& operator=(const GatewayMetrics&) = delete;

  void RequestStarted();
  // `code`: "OK" or the error's code.
  void RequestFinished(absl::string_view action, absl::string_view code, absl::Duration took);
  // Refused by the HTTP server before it was a request.
  void RequestRejected(absl::string_view reason);

  void RemoteWriteFinished(int http_status, absl::Duration took);
  void SamplesForwarded(std::size_t count);
  void SamplesIgnored(std::size_t count);

  // Prometheus text format.
  std::string Scrape() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace accordion::gateway
