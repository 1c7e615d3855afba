// The engine's CredentialService as the gateway's sources of credentials, with their caches.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "api-gateway/auth/credential_source.h"
#include "api-gateway/auth/metric_credential_source.h"
#include "base/clock.h"

namespace grpc {
class Channel;
}

namespace accordion::gateway {

struct CredentialCacheOptions {
  absl::Duration ttl;          // of a known key
  absl::Duration unknown_ttl;  // of an unknown one
  absl::Duration deadline;     // of a question to the engine
};

// Both answer from the cache, or by one rpc a key. `clock` must outlive them; they must outlive
// their open questions, which the channel's shutdown or the deadline ends.
std::unique_ptr<CredentialSource> MakeGrpcCredentialSource(std::shared_ptr<grpc::Channel> channel,
                                                           CredentialCacheOptions options,
                                                           const base::Clock* clock);
std::unique_ptr<MetricCredentialSource> MakeGrpcMetricCredentialSource(
    std::shared_ptr<grpc::Channel> channel, CredentialCacheOptions options,
    const base::Clock* clock);

}  // namespace accordion::gateway
