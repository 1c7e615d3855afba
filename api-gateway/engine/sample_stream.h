// The gateway's stream of samples into the engine.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "api-gateway/remote_write/sample_batch.h"
#include "base/clock.h"

namespace grpc {
class Channel;
}

namespace accordion::gateway {

// Thread-safe.
class SampleStream {
 public:
  using Callback = std::function<void(absl::Status)>;

  virtual ~SampleStream() = default;

  // Calls `done` exactly once: OK when the engine has taken the batch. Unavailable when it is away,
  // slow, or has too much unanswered: the sender keeps the batch and repeats it.
  virtual void Push(SampleBatch batch, Callback done) = 0;
};

struct SampleStreamOptions {
  absl::Duration ack_timeout;  // an older unanswered batch breaks the stream
};

// One bidirectional rpc, opened with the first batch and again, with back-off, after it breaks; its
// unanswered batches then fail. Nothing is resent from here: only the sender knows what it still
// wants to say. `clock` must outlive the stream.
std::unique_ptr<SampleStream> MakeGrpcSampleStream(std::shared_ptr<grpc::Channel> channel,
                                                   SampleStreamOptions options,
                                                   const base::Clock* clock);

}  // namespace accordion::gateway
