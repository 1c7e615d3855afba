// What one push carries, and its encoding on the wire.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {

struct SampleBatch {
  absl::Time measured_at;  // of all samples; whole milliseconds
  std::vector<MetricSample> samples;
};

// The body of a remote-write request: a WriteRequest with one series a sample, compressed with
// snappy. Labels are sorted, `__name__` first, as the protocol demands.
std::string EncodeRemoteWrite(const SampleBatch& batch);

}  // namespace accordion::cloudsim
