// MetricIngestionService: gateways' streams of samples into the sample store.
#pragma once

#include <memory>

#include "base/clock.h"
#include "engine/metrics/sample_store.h"
#include "engine/observability/metrics.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace accordion::service {

// Takes each batch on gRPC's own thread: adding samples blocks for nothing but memory. One batch of
// a stream is taken at a time, so that an unanswered one is the back-pressure. See
// auto_scaling_service.h for lifetimes.
std::unique_ptr<grpc::Service> MakeMetricIngestionService(metrics::SampleStore& samples,
                                                          observability::Metrics& metrics,
                                                          const base::Clock& clock);

}  // namespace accordion::service
