#include "engine/service/metric_ingestion_service.h"

#include "accordion/v1/metric_ingestion_service.grpc.pb.h"
#include "engine/service/sample_batch.h"

namespace accordion::service {
namespace {

void CountOutcomes(const metrics::ApplyCounts& counts, observability::Metrics& metrics) {
  metrics.Samples("accepted", counts.accepted);
  metrics.Samples("duplicate", counts.duplicate);
  metrics.Samples("early", counts.early);
  metrics.Samples("foreign", counts.foreign);
  metrics.Samples("future", counts.future);
  metrics.Samples("late", counts.late);
  metrics.Samples("not_a_number", counts.not_a_number);
  metrics.Samples("unknown", counts.unknown);
  metrics.Samples("unneeded", counts.unneeded);
}

// One stream: read, apply, answer, read. gRPC deletes nothing; OnDone does.
class PushStream final
    : public grpc::ServerBidiReactor<v1::PushSamplesRequest, v1::PushSamplesResponse> {
 public:
  PushStream(metrics::SampleStore& samples, observability::Metrics& metrics,
             const base::Clock& clock)
      : samples_(samples), metrics_(metrics), clock_(clock) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {  // the gateway is done
      Finish(grpc::Status::OK);
      return;
    }
    const absl::StatusOr<SampleBatch> batch = SampleBatchOf(request_);
    if (!batch.ok()) {
      Finish(
          grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, std::string(batch.status().message())));
      return;
    }
    const metrics::ApplyCounts counts =
        samples_.Apply(batch->account, batch->samples, clock_.Now());
    CountOutcomes(counts, metrics_);
    ToMessage(counts, &response_);
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::CANCELLED);
      return;
    }
    StartRead(&request_);
  }

  void OnDone() override { delete this; }

 private:
  metrics::SampleStore& samples_;
  observability::Metrics& metrics_;
  const base::Clock& clock_;
  v1::PushSamplesRequest request_;
  v1::PushSamplesResponse response_;
};

class MetricIngestionService final : public v1::MetricIngestionService::CallbackService {
 public:
  MetricIngestionService(metrics::SampleStore& samples, observability::Metrics& metrics,
                         const base::Clock& clock)
      : samples_(samples), metrics_(metrics), clock_(clock) {}

  grpc::ServerBidiReactor<v1::PushSamplesRequest, v1::PushSamplesResponse>* Push(
      grpc::CallbackServerContext*) override {
    return new PushStream(samples_, metrics_, clock_);
  }

 private:
  metrics::SampleStore& samples_;
  observability::Metrics& metrics_;
  const base::Clock& clock_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeMetricIngestionService(metrics::SampleStore& samples,
                                                          observability::Metrics& metrics,
                                                          const base::Clock& clock) {
  return std::make_unique<MetricIngestionService>(samples, metrics, clock);
}

}  // namespace accordion::service
