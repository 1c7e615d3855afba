#include "api-gateway/gateway_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "absl/strings/str_cat.h"

namespace accordion::gateway {
namespace {

using ::prometheus::Counter;
using ::prometheus::Family;
using ::prometheus::Gauge;
using ::prometheus::Histogram;

// Seconds. Half a millisecond is a good Describe; 8 s is the engine deadline.
const Histogram::BucketBoundaries kLatencyBuckets = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8};

Family<Counter>& MakeCounter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

struct GatewayMetrics::Families {
  prometheus::Registry registry;
  Family<Counter>& requests = MakeCounter(registry, "accordion_gateway_requests_total",
                                          "API requests answered, by action and code.");
  Family<Histogram>& latency = prometheus::BuildHistogram()
                                   .Name("accordion_gateway_request_seconds")
                                   .Help("Time from the whole request to its answer, by action.")
                                   .Register(registry);
  Gauge& in_flight = prometheus::BuildGauge()
                         .Name("accordion_gateway_requests_in_flight")
                         .Help("API requests not yet answered.")
                         .Register(registry)
                         .Add({});
  Family<Counter>& rejected =
      MakeCounter(registry, "accordion_gateway_requests_rejected_total",
                  "Requests refused by the HTTP server before any handler, by reason.");
  Family<Counter>& writes = MakeCounter(registry, "accordion_gateway_remote_write_requests_total",
                                        "Remote-write requests answered, by HTTP status.");
  Histogram& write_latency = prometheus::BuildHistogram()
                                 .Name("accordion_gateway_remote_write_seconds")
                                 .Help("Time from the whole remote-write request to its answer.")
                                 .Register(registry)
                                 .Add({}, kLatencyBuckets);
  Family<Counter>& samples =
      MakeCounter(registry, "accordion_gateway_samples_total",
                  "Samples received by remote-write, by what became of them.");
  Counter& forwarded = samples.Add({{"result", "forwarded"}});
  Counter& ignored = samples.Add({{"result", "ignored"}});
};

GatewayMetrics::GatewayMetrics() : families_(std::make_unique<Families>()) {}
GatewayMetrics::~GatewayMetrics() = default;

void GatewayMetrics::RequestStarted() { families_->in_flight.Increment(); }

void GatewayMetrics::RequestFinished(absl::string_view action, absl::string_view code,
                                     absl::Duration took) {
  families_->in_flight.Decrement();
  const std::string name(action);
  families_->requests.Add({{"action", name}, {"code", std::string(code)}}).Increment();
  families_->latency.Add({{"action", name}}, kLatencyBuckets).Observe(absl::ToDoubleSeconds(took));
}

void GatewayMetrics::RequestRejected(absl::string_view reason) {
  families_->rejected.Add({{"reason", std::string(reason)}}).Increment();
}

void GatewayMetrics::RemoteWriteFinished(int http_status, absl::Duration took) {
  families_->writes.Add({{"status", absl::StrCat(http_status)}}).Increment();
  families_->write_latency.Observe(absl::ToDoubleSeconds(took));
}

void GatewayMetrics::SamplesForwarded(std::size_t count) {
  families_->forwarded.Increment(static_cast<double>(count));
}

void GatewayMetrics::SamplesIgnored(std::size_t count) {
  families_->ignored.Increment(static_cast<double>(count));
}

std::string GatewayMetrics::Scrape() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace accordion::gateway
