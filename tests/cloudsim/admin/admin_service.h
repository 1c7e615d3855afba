// The operator's HTTP interface to the simulated region (docs/cloudsim.md lists it). Loopback only,
// no auth.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "base/http_client.h"
#include "base/http_server.h"
#include "tests/cloudsim/agent/metrics_agent.h"
#include "tests/cloudsim/agent/sample_log.h"
#include "tests/cloudsim/delay_queue.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/openapi/held_calls.h"
#include "tests/cloudsim/region_host.h"

namespace accordion::cloudsim {

// Thread-safe.
class AdminService {
 public:
  // All outlive the service.
  AdminService(RegionHost& host, HeldCalls& held, DelayQueue& delays, SampleLog& samples);

  // An `HttpHandler`. Answers JSON; errors as {"error": "..."} with 400, 404 or 409.
  void Handle(base::HttpRequest request, base::Responder respond);

 private:
  // A request's pieces: path "/instances/ID" gives "instances" and "ID".
  struct Request {
    std::string method;
    std::string resource;
    std::string id;
    std::map<std::string, std::string> query;
    Json body;
  };

  static absl::StatusOr<Request> Parse(const base::HttpRequest& http);
  absl::StatusOr<Json> Get(const Request& request);
  absl::StatusOr<Json> Change(const Request& request);
  absl::StatusOr<Json> ChangeInstances(const Request& request);
  absl::StatusOr<Json> ChangeLoad(const Json& body);
  absl::StatusOr<Json> ChangeFaults(const Json& body);
  absl::StatusOr<Json> ChangePush(const Json& body);
  absl::StatusOr<Json> GetSamples(const Request& request);
  // Answers when there is a call after `since`, or when the wait is over.
  void GetCalls(const Request& request, base::Responder respond);
  Json CallsSince(uint64_t since, std::size_t limit);

  RegionHost& host_;
  HeldCalls& held_;
  DelayQueue& delays_;
  SampleLog& samples_;
  base::HttpClient client_;
  absl::Mutex agents_mutex_;
  std::map<std::string, std::unique_ptr<MetricsAgent>> agents_ ABSL_GUARDED_BY(agents_mutex_);
};

}  // namespace accordion::cloudsim
