// The engine over gRPC: one channel, one completion queue, a few threads that poll it.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "api-gateway/engine/engine_channel.h"

namespace grpc {
class Channel;
}

namespace accordion::gateway {

struct EngineChannelOptions {
  std::string target;       // gRPC name, `host:port`
  absl::Duration deadline;  // of each call
  int max_in_flight;        // calls; further ones are ServiceUnavailable at once
  int pollers = 1;          // threads that answers are decoded and encoded on
};

// The channel that all of the gateway's engine clients share. It reconnects by itself, and counts
// as broken while the engine's health service says NOT_SERVING, so that calls then fail at once.
std::shared_ptr<grpc::Channel> MakeGrpcChannel(const std::string& target);

// Destruction cancels what is open and waits for its callbacks.
std::unique_ptr<EngineChannel> MakeGrpcEngineChannel(std::shared_ptr<grpc::Channel> channel,
                                                     EngineChannelOptions options);

}  // namespace accordion::gateway
