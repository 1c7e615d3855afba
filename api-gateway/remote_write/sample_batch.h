// Samples of one remote-write request, as columns, on their way to the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace accordion::gateway {

struct SampleBatch {
  std::string account_id;
  bool any_account = false;
  std::vector<std::string> resource_ids;  // no repeats
  // Of equal length: sample i is of resource_ids[resource_indices[i]].
  std::vector<std::uint32_t> resource_indices;
  std::vector<int> dimensions;  // values of accordion.v1.MetricDimension
  std::vector<std::int64_t> timestamps_ms;
  std::vector<double> values;  // finite

  std::size_t size() const { return values.size(); }
  // Roughly what the batch takes in memory and on the wire.
  std::size_t bytes() const { return size() * 24 + resource_ids.size() * 48; }
};

}  // namespace accordion::gateway
