#include "tests/cloudsim/agent/sample_batch.h"

#include <snappy.h>

#include "cloudsim/remote_write.pb.h"

namespace accordion::cloudsim {

std::string EncodeRemoteWrite(const SampleBatch& batch) {
  remote_write::WriteRequest request;
  for (const MetricSample& sample : batch.samples) {
    remote_write::TimeSeries& series = *request.add_timeseries();
    remote_write::Label& name = *series.add_labels();
    name.set_name("__name__");
    name.set_value(sample.metric);
    // `_` comes before all lower-case letters, so this one comes second.
    remote_write::Label& id = *series.add_labels();
    id.set_name(sample.label);
    id.set_value(sample.id);
    remote_write::Sample& point = *series.add_samples();
    point.set_value(sample.value);
    point.set_timestamp(absl::ToUnixMillis(batch.measured_at));
  }
  const std::string plain = request.SerializeAsString();
  std::string compressed;
  snappy::Compress(plain.data(), plain.size(), &compressed);
  return compressed;
}

}  // namespace accordion::cloudsim
