// The cloud's OpenAPI over HTTP: authenticates, decodes, lets faults act, asks the region, encodes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/http_server.h"
#include "tests/cloudsim/delay_queue.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/openapi/api_request.h"
#include "tests/cloudsim/openapi/held_calls.h"
#include "tests/cloudsim/region/fault_plan.h"
#include "tests/cloudsim/region/id_source.h"
#include "tests/cloudsim/region_host.h"

namespace accordion::cloudsim {

// One port serves all services; the credential's scope says which one is meant. Thread-safe;
// handlers never block.
class OpenApiService {
 public:
  struct Options {
    absl::Duration signature_window = absl::Minutes(15);
    uint64_t seed = 1;  // of the request ids
  };

  // The three outlive the service.
  OpenApiService(Options options, RegionHost& host, HeldCalls& held, DelayQueue& delays);

  // An `HttpHandler`.
  void Handle(base::HttpRequest request, base::Responder respond);

 private:
  struct Exchange;  // one call and the way back to its caller
  using ExchangePtr = std::shared_ptr<Exchange>;

  // Fills in who calls and what; a CloudError when that can't be told.
  absl::Status Decode(const base::HttpRequest& http, Exchange& exchange);
  // Takes what the fault plan says before executing.
  void Admit(ExchangePtr exchange);
  // Executes late, if the signature is still good.
  void ExecuteLate(ExchangePtr exchange);
  // Executes, and answers when and how the fault plan says.
  void Execute(ExchangePtr exchange);
  static base::HttpResponse ResponseTo(const Exchange& exchange,
                                       const absl::StatusOr<Json>& result);
  void Refuse(const ExchangePtr& exchange, const absl::Status& why);
  void Hold(const ExchangePtr& exchange, absl::string_view stage, std::function<void()> resume);
  std::string NewRequestId();

  const Options options_;
  RegionHost& host_;
  HeldCalls& held_;
  DelayQueue& delays_;
  absl::Mutex ids_mutex_;
  IdSource ids_ ABSL_GUARDED_BY(ids_mutex_);
};

}  // namespace accordion::cloudsim
