#include "engine/service/sample_batch.h"

#include <cmath>

#include "accordion/v1/metric_samples.pb.h"

namespace accordion::service {
namespace {

std::optional<domain::Dimension> DimensionOf(int dimension) {
  switch (dimension) {
    case v1::CPU_USAGE:
      return domain::Dimension::kCpuUsage;
    case v1::MEM_USAGE:
      return domain::Dimension::kMemUsage;
    case v1::NET_OUTTRAFFIC:
      return domain::Dimension::kNetOutTraffic;
    case v1::NET_INTRAFFIC:
      return domain::Dimension::kNetInTraffic;
    case v1::LISTENER_OUTTRAFFIC:
      return domain::Dimension::kListenerOutTraffic;
    case v1::LISTENER_INTRAFFIC:
      return domain::Dimension::kListenerInTraffic;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<SampleBatch> SampleBatchOf(const v1::PushSamplesRequest& request) {
  SampleBatch batch;
  if (!request.any_account()) {
    if (request.account_id().empty()) return absl::InvalidArgumentError("a batch of no account");
    batch.account = domain::AccountId(request.account_id());
  }
  const int size = request.resource_indices_size();
  if (request.dimensions_size() != size || request.timestamps_ms_size() != size ||
      request.values_size() != size) {
    return absl::InvalidArgumentError("columns of different lengths");
  }
  batch.samples.reserve(static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) {
    const uint32_t index = request.resource_indices(i);
    if (index >= static_cast<uint32_t>(request.resource_ids_size())) {
      return absl::InvalidArgumentError("an index outside resource_ids");
    }
    const auto dimension = DimensionOf(request.dimensions(i));
    if (!dimension) return absl::InvalidArgumentError("an unknown dimension");
    if (!std::isfinite(request.values(i))) return absl::InvalidArgumentError("no finite value");
    batch.samples.push_back({.resource_id = request.resource_ids(static_cast<int>(index)),
                             .dimension = *dimension,
                             .time = absl::FromUnixMillis(request.timestamps_ms(i)),
                             .value = request.values(i)});
  }
  return batch;
}

void ToMessage(const metrics::ApplyCounts& counts, v1::PushSamplesResponse* message) {
  message->set_accepted(
      static_cast<uint64_t>(counts.accepted + counts.unneeded + counts.duplicate));
  message->set_dropped_unknown(static_cast<uint64_t>(counts.unknown + counts.foreign));
  message->set_dropped_late(
      static_cast<uint64_t>(counts.not_a_number + counts.future + counts.early + counts.late));
}

}  // namespace accordion::service
