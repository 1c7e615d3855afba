// How the gateway calls the engine for one action.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "api-gateway/openapi/api_error.h"

namespace google::protobuf {
class Message;
}

namespace accordion::gateway {

struct Route;

// Thread-safe.
class EngineChannel {
 public:
  using Callback = std::function<void(OrError<std::unique_ptr<google::protobuf::Message>>)>;

  virtual ~EngineChannel() = default;

  // Calls `route`'s rpc with `request`. `context` is a serialized accordion.v1.RequestContext.
  // Never repeats a call: the outcome of a lost one is unknown, and a client with a ClientToken may
  // repeat it safely. Calls `done` exactly once, on any thread, within the deadline; its error is
  // the engine's own reason, or ServiceUnavailable or ServiceTimeout.
  virtual void Call(const Route& route, std::unique_ptr<google::protobuf::Message> request,
                    std::string context, Callback done) = 0;

  // Whether the engine can be reached now.
  virtual bool IsReady() = 0;
};

}  // namespace accordion::gateway
