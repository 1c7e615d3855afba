// Batches of samples as gateways send them: columns, checked as a whole before one sample counts.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/metrics/sample_store.h"

namespace accordion::v1 {
class PushSamplesRequest;
class PushSamplesResponse;
}  // namespace accordion::v1

namespace accordion::service {

struct SampleBatch {
  std::optional<domain::AccountId> account;  // nullopt: any account's
  std::vector<metrics::Sample> samples;      // refer to the request
};

// kInvalidArgument for columns of different lengths, an index that points outside, an unknown
// dimension, a value that isn't finite, or no account. The batch lives no longer than the request.
absl::StatusOr<SampleBatch> SampleBatchOf(const v1::PushSamplesRequest& request);

// What the gateway learns. Samples that nobody needs, or that were there already, count as
// accepted: the sender has nothing to repeat or to mend.
void ToMessage(const metrics::ApplyCounts& counts, v1::PushSamplesResponse* message);

}  // namespace accordion::service
