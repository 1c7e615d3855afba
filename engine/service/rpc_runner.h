// How a blocking handler becomes an rpc: on a bounded lane of the executor, measured, with its
// error in the catalogue's words. The glue of all rpcs is the one template below. For .cc files of
// this directory: it brings gRPC along.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/observability/metrics.h"
#include "engine/ports/executor.h"
#include "engine/service/request_context.h"
#include "engine/service/required_parameters.h"

namespace accordion::service {

// Thread-safe.
class RpcRunner {
 public:
  struct Parts {
    ports::Executor& executor;
    observability::Metrics& metrics;
    const base::Clock& clock;
  };
  explicit RpcRunner(const Parts& parts) : parts_(parts) {}

  // Runs `handler(request)` -> absl::StatusOr<Response> and answers. `method` is a literal, a
  // metric's label. An rpc that the lane refuses, or that waited beyond its deadline, is answered
  // without having run.
  template <typename Request, typename Response, typename Handler>
  grpc::ServerUnaryReactor* Run(absl::string_view method, grpc::CallbackServerContext* context,
                                const Request* request, Response* response, Handler handler) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const absl::Duration started = parts_.clock.BootTime();
    const bool submitted = parts_.executor.Submit(
        ports::Lane::kApi,
        [this, method, context, request, response, reactor, started, handler = std::move(handler)] {
          absl::Status status = StillWanted(*context);
          if (status.ok()) {
            absl::StatusOr<Response> answer = handler(*request);
            status = answer.status();
            if (answer.ok()) *response = *std::move(answer);
          }
          Finish(method, context, reactor, started, status);
        });
    if (!submitted) Finish(method, context, reactor, started, Overloaded());
    return reactor;
  }

  // The same for an action of the public API, which is called on behalf of an account.
  template <typename Request, typename Response, typename Handler>
  grpc::ServerUnaryReactor* RunAction(absl::string_view method,
                                      grpc::CallbackServerContext* context, const Request* request,
                                      Response* response, Handler handler) {
    return Run(method, context, request, response,
               [context,
                handler = std::move(handler)](const Request& message) -> absl::StatusOr<Response> {
                 const absl::StatusOr<RequestContext> caller = CallerOf(*context);
                 if (!caller.ok()) return caller.status();
                 if (absl::Status missing = CheckRequired(message); !missing.ok()) return missing;
                 return handler(*caller, message);
               });
  }

 private:
  static absl::StatusOr<RequestContext> CallerOf(const grpc::CallbackServerContext& context);
  static absl::Status Overloaded();
  absl::Status StillWanted(const grpc::CallbackServerContext& context) const;
  void Finish(absl::string_view method, grpc::CallbackServerContext* context,
              grpc::ServerUnaryReactor* reactor, absl::Duration started,
              const absl::Status& status);

  const Parts parts_;
};

}  // namespace accordion::service
