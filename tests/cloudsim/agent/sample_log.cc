#include "tests/cloudsim/agent/sample_log.h"

namespace accordion::cloudsim {

void SampleLog::Add(const std::string& account_id, const SampleBatch& batch,
                    absl::Time accepted_at) {
  absl::MutexLock lock(&mutex_);
  for (const MetricSample& sample : batch.samples) {
    samples_.push_back({account_id, sample, batch.measured_at, accepted_at});
  }
  while (samples_.size() > capacity_) samples_.pop_front();
}

std::vector<PushedSample> SampleLog::Find(const SampleQuery& query) const {
  const auto matches = [](const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  };
  absl::MutexLock lock(&mutex_);
  std::vector<PushedSample> found;
  for (const PushedSample& pushed : samples_) {
    if (pushed.measured_at >= query.since && pushed.measured_at < query.until &&
        matches(query.account_id, pushed.account_id) &&
        matches(query.metric, pushed.sample.metric) && matches(query.id, pushed.sample.id)) {
      found.push_back(pushed);
    }
  }
  return found;
}

}  // namespace accordion::cloudsim
