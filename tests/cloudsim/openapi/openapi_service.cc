#include "tests/cloudsim/openapi/openapi_service.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/encoding.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/openapi/actions.h"
#include "tests/cloudsim/openapi/authenticator.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {
namespace {

constexpr absl::string_view kVersion = "2016-03-04";

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Query and body together. A name that has two values is refused.
absl::StatusOr<Pairs> MergeParameters(const Pairs& query, const base::HttpRequest& http) {
  Pairs all = query;
  if (http.method == "POST" && !http.body.empty()) {
    const std::optional<base::FormParameters> body = base::FormDecode(http.body);
    if (!body) return CloudError(400, "InvalidQueryParameter", "The body is no form");
    all.insert(all.end(), body->begin(), body->end());
  }
  std::map<std::string, std::string> seen;
  for (const auto& [name, value] : all) {
    if (const auto [it, is_new] = seen.emplace(name, value); !is_new && it->second != value) {
      return CloudError(400, "InvalidQueryParameter",
                        absl::StrCat("The parameter ", name, " has two values"));
    }
  }
  return all;
}

base::HttpResponse JsonResponse(int status, const Json& body) {
  base::HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json; charset=utf-8");
  response.body = ToText(body);
  return response;
}

base::HttpResponse ErrorResponse(absl::string_view request_id, const CloudErrorInfo& error) {
  return JsonResponse(
      error.http_status,
      Json::Object(
          {{"RequestId", request_id},
           {"Error", Json::Object({{"Type", error.http_status < 500 ? "Sender" : "Receiver"},
                                   {"Code", error.code},
                                   {"Message", error.message}})}}));
}

std::string DigestOf(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters.values()) {
    absl::StrAppend(&text, base::PercentEncode(name), "=", base::PercentEncode(value), "&");
  }
  return base::Sha256Hex(text);
}

}  // namespace

struct OpenApiService::Exchange {
  ApiRequest request;
  absl::Time signed_at;
  const Action* action = nullptr;
  std::optional<FaultRule> fault;
  base::Responder respond;

  bool Has(FaultMode mode) const { return fault && fault->mode == mode; }
};

OpenApiService::OpenApiService(Options options, RegionHost& host, HeldCalls& held,
                               DelayQueue& delays)
    : options_(options), host_(host), held_(held), delays_(delays), ids_(options.seed) {}

std::string OpenApiService::NewRequestId() {
  absl::MutexLock lock(&ids_mutex_);
  return ids_.NewUuid();
}

void OpenApiService::Handle(base::HttpRequest request, base::Responder respond) {
  auto exchange = std::make_shared<Exchange>();
  exchange->respond = std::move(respond);
  Call& call = exchange->request.call;
  call.request_id = NewRequestId();
  call.arrived_at = host_.clock().Now();
  if (absl::Status status = Decode(request, *exchange); !status.ok()) {
    Refuse(exchange, status);
    return;
  }
  Admit(std::move(exchange));
}

absl::Status OpenApiService::Decode(const base::HttpRequest& http, Exchange& exchange) {
  if (http.method != "GET" && http.method != "POST") {
    return CloudError(400, "InvalidMethod", "Only GET and POST are supported");
  }
  const std::optional<base::FormParameters> query = base::FormDecode(http.query);
  if (!query) return CloudError(400, "InvalidQueryParameter", "The query can't be decoded");
  ASSIGN_OR_RETURN(const Pairs all, MergeParameters(*query, http));
  ApiRequest& request = exchange.request;
  request.parameters = Parameters(all);
  Call& call = request.call;
  call.action = request.parameters.Find("Action").value_or("");
  call.digest = DigestOf(request.parameters);

  ASSIGN_OR_RETURN(
      const Principal principal,
      Authenticate(http, *query, host_.spec(), options_.signature_window, call.arrived_at));
  call.account_id = principal.account->id;
  call.service = principal.service;
  exchange.signed_at = principal.signed_at;
  if (call.action.empty()) return MissingParameterError("Action");
  ASSIGN_OR_RETURN(exchange.action, FindAction(call.service, call.action));
  if (request.parameters.Find("Version") != std::string(kVersion)) {
    return CloudError(400, "InvalidQueryParameter",
                      absl::StrCat("The Version of this service is ", kVersion));
  }
  return absl::OkStatus();
}

void OpenApiService::Refuse(const ExchangePtr& exchange, const absl::Status& why) {
  const Call& call = exchange->request.call;
  // Only what would have changed something is worth remembering; before the action is known its
  // name tells.
  const bool would_change =
      exchange->action != nullptr
          ? exchange->action->changes_region
          : !call.action.empty() && !absl::StartsWith(call.action, "Describe");
  if (would_change) {
    host_.With([&](Region& region, absl::Time now) { region.call_log().Refuse(call, now, why); });
  }
  exchange->respond(ErrorResponse(call.request_id, CloudErrorInfoOf(why)));
}

void OpenApiService::Hold(const ExchangePtr& exchange, absl::string_view stage,
                          std::function<void()> resume) {
  const Call& call = exchange->request.call;
  held_.Add({.request_id = call.request_id,
             .account_id = call.account_id,
             .action = call.action,
             .stage = std::string(stage),
             .arrived_at = call.arrived_at,
             .resume = std::move(resume)});
}

void OpenApiService::Admit(ExchangePtr exchange) {
  Call& call = exchange->request.call;
  exchange->fault = host_.With([&](Region& region, absl::Time) {
    return region.faults().Take(call.action, call.account_id);
  });
  if (exchange->Has(FaultMode::kError)) {
    const FaultRule& fault = *exchange->fault;
    Refuse(exchange, CloudError(fault.http_status, fault.code, fault.message));
    return;
  }
  if (exchange->Has(FaultMode::kDelayBefore)) {
    delays_.After(exchange->fault->delay, [this, exchange] { ExecuteLate(exchange); });
    return;
  }
  if (exchange->Has(FaultMode::kHoldBefore)) {
    // First held, then logged: whoever reads it in the log can release it.
    Hold(exchange, "before", [this, exchange] { ExecuteLate(exchange); });
    host_.With([&](Region& region, absl::Time now) { region.call_log().Hold(call, now); });
    return;
  }
  if (exchange->Has(FaultMode::kBootError)) exchange->request.fate = BootFate::kFails;
  if (exchange->Has(FaultMode::kBootHang)) exchange->request.fate = BootFate::kHangs;
  Execute(std::move(exchange));
}

void OpenApiService::ExecuteLate(ExchangePtr exchange) {
  const absl::Status age =
      CheckSignatureAge(exchange->signed_at, options_.signature_window, host_.clock().Now());
  if (!age.ok()) {
    Refuse(exchange, age);
    return;
  }
  Execute(std::move(exchange));
}

void OpenApiService::Execute(ExchangePtr exchange) {
  std::function<void()> send;
  absl::Duration latency;
  host_.With([&](Region& region, absl::Time now) {
    const absl::StatusOr<Json> result = exchange->action->run(region, exchange->request, now);
    send = [exchange, response = ResponseTo(*exchange, result)] { exchange->respond(response); };
    latency = region.faults().LatencyOf(exchange->request.call.action);
    // Under the lock: whoever sees the call in the log finds it held.
    if (exchange->Has(FaultMode::kHold)) Hold(exchange, "after", std::move(send));
    // The responder is kept: a dropped one would answer 500.
    if (exchange->Has(FaultMode::kAcceptThenTimeout)) Hold(exchange, "never", std::move(send));
  });
  if (exchange->Has(FaultMode::kHold) || exchange->Has(FaultMode::kAcceptThenTimeout)) return;
  if (latency > absl::ZeroDuration()) {
    delays_.After(latency, std::move(send));
  } else {
    send();
  }
}

base::HttpResponse OpenApiService::ResponseTo(const Exchange& exchange,
                                              const absl::StatusOr<Json>& result) {
  const std::string& request_id = exchange.request.call.request_id;
  if (exchange.Has(FaultMode::kErrorAfterExecute)) {
    const FaultRule& fault = *exchange.fault;
    return ErrorResponse(request_id, {fault.http_status, fault.code, fault.message});
  }
  if (!result.ok()) return ErrorResponse(request_id, CloudErrorInfoOf(result.status()));
  Json body = Json::Object({{"RequestId", request_id}});
  for (const auto& [name, value] : result->members()) body.Set(name, value);
  return JsonResponse(200, body);
}

}  // namespace accordion::cloudsim
