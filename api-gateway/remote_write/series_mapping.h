// Which series of an agent are which dimension of which resource.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "api-gateway/remote_write/sample_batch.h"
#include "api-gateway/remote_write/write_request.h"

namespace accordion::gateway {

// Immutable and thread-safe.
class SeriesMapping {
 public:
  struct Settings {
    std::string instance_label;
    std::string listener_label;
    // `dimension=metric` for each metric that is not named like its dimension.
    std::vector<std::string> metric_names;
  };

  // The dimensions are those of accordion.v1.MetricDimension. InvalidArgument for a setting that
  // names none of them.
  static absl::StatusOr<SeriesMapping> Build(const Settings& settings);

  struct Target {
    int dimension;                  // accordion.v1.MetricDimension
    absl::string_view resource_id;  // into the labels
  };

  // nullopt: a series that no policy can use.
  std::optional<Target> Find(absl::Span<const WireLabel> labels) const;

 private:
  struct Dimension {
    int value;
    std::string label;
  };

  absl::flat_hash_map<std::string, Dimension> by_metric_;
};

struct MappedSamples {
  SampleBatch batch;  // its account is not set
  std::size_t ignored =
      0;  // samples of other series, and values that are no number (stale markers)
};

// The samples of `bytes` (an uncompressed WriteRequest) that the mapping knows. InvalidArgument as
// ParseWriteRequest.
absl::StatusOr<MappedSamples> MapWriteRequest(const SeriesMapping& mapping,
                                              absl::string_view bytes);

}  // namespace accordion::gateway
