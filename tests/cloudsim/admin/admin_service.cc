#include "tests/cloudsim/admin/admin_service.h"

#include <atomic>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/encoding.h"
#include "base/status_macros.h"
#include "tests/cloudsim/admin/admin_commands.h"
#include "tests/cloudsim/admin/admin_views.h"
#include "tests/cloudsim/region/cloud_error.h"
#include "tests/cloudsim/region_config.h"

namespace accordion::cloudsim {
namespace {

// Shorter than the servers' and clients' own time-outs.
constexpr int64_t kMaxWaitMs = 25'000;
constexpr int64_t kMaxCallsPerAnswer = 10'000;

base::HttpResponse ResponseOf(const absl::StatusOr<Json>& result) {
  base::HttpResponse response;
  response.headers.Add("Content-Type", "application/json; charset=utf-8");
  if (result.ok()) {
    response.body = ToText(*result);
    return response;
  }
  // A refusal of the model brings its own status; anything else is bad input.
  const bool is_plain = absl::IsInvalidArgument(result.status());
  const CloudErrorInfo error = CloudErrorInfoOf(result.status());
  response.status = is_plain ? 400 : error.http_status;
  response.body = ToText(Json::Object({{"error", result.status().message()}}));
  return response;
}

absl::StatusOr<int64_t> IntOf(const std::map<std::string, std::string>& query, const char* name,
                              int64_t absent) {
  const auto it = query.find(name);
  if (it == query.end()) return absent;
  int64_t value = 0;
  if (!absl::SimpleAtoi(it->second, &value) || value < 0) {
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' must be a whole number"));
  }
  return value;
}

// Milliseconds since the epoch.
absl::StatusOr<absl::Time> TimeOf(const std::map<std::string, std::string>& query, const char* name,
                                  absl::Time absent) {
  const auto it = query.find(name);
  if (it == query.end()) return absent;
  int64_t milliseconds = 0;
  if (!absl::SimpleAtoi(it->second, &milliseconds)) {
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' must be in milliseconds"));
  }
  return absl::FromUnixMillis(milliseconds);
}

std::string TextOf(const std::map<std::string, std::string>& query, const char* name) {
  const auto it = query.find(name);
  return it == query.end() ? "" : it->second;
}

Call OperatorCall(absl::string_view action, absl::string_view account_id, absl::Time now) {
  return {.request_id = {},
          .account_id = std::string(account_id),
          .service = "admin",
          .action = std::string(action),
          .digest = {},
          .arrived_at = now};
}

absl::Status NoSuchRoute() { return CloudError(404, "NotFound", "no such route"); }

Json Done() { return Json::Object({{"ok", true}}); }

}  // namespace

AdminService::AdminService(RegionHost& host, HeldCalls& held, DelayQueue& delays,
                           SampleLog& samples)
    : host_(host), held_(held), delays_(delays), samples_(samples) {}

absl::StatusOr<AdminService::Request> AdminService::Parse(const base::HttpRequest& http) {
  Request request;
  request.method = http.method;
  const std::pair<absl::string_view, absl::string_view> path =
      absl::StrSplit(absl::StripPrefix(http.path, "/"), absl::MaxSplits('/', 1));
  request.resource = std::string(path.first);
  request.id = std::string(path.second);
  const std::optional<base::FormParameters> query = base::FormDecode(http.query);
  if (!query) return absl::InvalidArgumentError("the query can't be decoded");
  for (const auto& [name, value] : *query) request.query[name] = value;
  request.body = Json::Object();
  if (!http.body.empty()) {
    ASSIGN_OR_RETURN(request.body, ParseJson(http.body));
  }
  return request;
}

void AdminService::Handle(base::HttpRequest http, base::Responder respond) {
  const absl::StatusOr<Request> request = Parse(http);
  if (!request.ok()) {
    respond(ResponseOf(request.status()));
  } else if (request->method != "GET") {
    respond(ResponseOf(Change(*request)));
  } else if (request->resource == "calls") {
    GetCalls(*request, std::move(respond));
  } else {
    respond(ResponseOf(Get(*request)));
  }
}

absl::StatusOr<Json> AdminService::Get(const Request& request) {
  if (request.resource == "healthz") return Done();
  if (request.resource == "region") return ShowRegionSpec(host_.spec());
  if (request.resource == "held") return ShowHeld(held_.List());
  if (request.resource == "samples") return GetSamples(request);
  if (request.resource == "faults") {
    return host_.With(
        [](Region& region, absl::Time) { return ShowFaults(region.faults().rules()); });
  }
  if (request.resource == "state") {
    return host_.With([&](Region& region, absl::Time now) {
      return ShowState(region, TextOf(request.query, "account"), now);
    });
  }
  return NoSuchRoute();
}

absl::StatusOr<Json> AdminService::GetSamples(const Request& request) {
  SampleQuery query;
  query.account_id = TextOf(request.query, "account");
  query.metric = TextOf(request.query, "metric");
  query.id = TextOf(request.query, "id");
  ASSIGN_OR_RETURN(query.since, TimeOf(request.query, "since", absl::InfinitePast()));
  ASSIGN_OR_RETURN(query.until, TimeOf(request.query, "until", absl::InfiniteFuture()));
  return ShowSamples(samples_.Find(query));
}

Json AdminService::CallsSince(uint64_t since, std::size_t limit) {
  return host_.With([&](Region& region, absl::Time) {
    const CallLog& log = region.call_log();
    return ShowCalls(log.Since(since, limit), log.last_sequence());
  });
}

void AdminService::GetCalls(const Request& request, base::Responder respond) {
  const absl::StatusOr<int64_t> since = IntOf(request.query, "since", 0);
  const absl::StatusOr<int64_t> wait_ms = IntOf(request.query, "wait_ms", 0);
  const absl::StatusOr<int64_t> limit = IntOf(request.query, "limit", kMaxCallsPerAnswer);
  for (const absl::StatusOr<int64_t>* number : {&since, &wait_ms, &limit}) {
    if (!number->ok()) {
      respond(ResponseOf(number->status()));
      return;
    }
  }
  const auto answer = [this, since = static_cast<uint64_t>(*since),
                       count = static_cast<std::size_t>(std::min(*limit, kMaxCallsPerAnswer)),
                       respond = std::move(respond)] {
    respond(ResponseOf(CallsSince(since, count)));
  };
  if (*wait_ms == 0) {
    answer();
    return;
  }
  // Whichever comes first, the call or the end of the wait, answers; the other finds it done.
  const auto answer_once = [answer, answered = std::make_shared<std::atomic<bool>>(false)] {
    if (!answered->exchange(true)) answer();
  };
  delays_.After(absl::Milliseconds(std::min(*wait_ms, kMaxWaitMs)), answer_once);
  host_.WhenCallsPass(static_cast<uint64_t>(*since), answer_once);
}

absl::StatusOr<Json> AdminService::Change(const Request& request) {
  const std::string route = absl::StrCat(request.method, " ", request.resource);
  if (request.resource == "instances") return ChangeInstances(request);
  if (route == "PUT load") return ChangeLoad(request.body);
  if (route == "PUT faults") return ChangeFaults(request.body);
  if (route == "PUT push") return ChangePush(request.body);
  if (route == "PUT stock") {
    ASSIGN_OR_RETURN(const StockCommand command, ReadStock(request.body));
    RETURN_IF_ERROR(host_.With([&](Region& region, absl::Time) {
      return region.SetStock(command.type, command.zone, command.count);
    }));
    return Done();
  }
  if (route == "PUT latency") {
    ASSIGN_OR_RETURN(const LatencyCommand command, ReadLatency(request.body));
    host_.With([&](Region& region, absl::Time) {
      region.faults().SetLatency(command.action, command.latency);
    });
    return Done();
  }
  if (route == "POST release") {
    ASSIGN_OR_RETURN(const ReleaseCommand command, ReadRelease(request.body));
    return Json::Object({{"released", held_.Release(command.action, command.request_id)}});
  }
  return NoSuchRoute();
}

absl::StatusOr<Json> AdminService::ChangeInstances(const Request& request) {
  if (request.method == "POST") {
    ASSIGN_OR_RETURN(const CreateCommand command, ReadCreate(request.body, host_.spec()));
    if (host_.spec().accounts.empty()) return NoSuchRoute();
    return host_.With([&](Region& region, absl::Time now) -> absl::StatusOr<Json> {
      if (region.FindAccount(command.account_id) == nullptr) {
        return NotFoundError("Account", command.account_id);
      }
      const Call call = OperatorCall("CreateInstances", command.account_id, now);
      ASSIGN_OR_RETURN(const std::vector<Instance> created,
                       region.RunInstances(call, command.launch, now));
      Json list = Json::Array();
      for (const Instance& instance : created) list.Push(ShowInstance(instance));
      return Json::Object({{"instances", std::move(list)}});
    });
  }
  if (request.method == "DELETE") {
    RETURN_IF_ERROR(host_.With([&](Region& region, absl::Time now) {
      return region.Kill(OperatorCall("KillInstance", "", now), request.id, now);
    }));
    return Done();
  }
  if (request.method == "PUT") {
    ASSIGN_OR_RETURN(const InstanceState state, ReadInstanceState(request.body));
    RETURN_IF_ERROR(host_.With([&](Region& region, absl::Time now) {
      return region.ForceState(OperatorCall("SetInstanceState", "", now), request.id, state, now);
    }));
    return Done();
  }
  return NoSuchRoute();
}

absl::StatusOr<Json> AdminService::ChangeLoad(const Json& body) {
  ASSIGN_OR_RETURN(LoadCommand command, ReadLoad(body, host_.clock().Now()));
  RETURN_IF_ERROR(host_.With([&](Region& region, absl::Time) {
    return region.SetLoad(command.listener_id, std::move(command.curve));
  }));
  return Done();
}

absl::StatusOr<Json> AdminService::ChangeFaults(const Json& body) {
  ASSIGN_OR_RETURN(std::vector<FaultRule> rules, ReadFaults(body));
  RETURN_IF_ERROR(host_.With(
      [&](Region& region, absl::Time) { return region.faults().SetRules(std::move(rules)); }));
  return Done();
}

absl::StatusOr<Json> AdminService::ChangePush(const Json& body) {
  ASSIGN_OR_RETURN(PushTarget target, ReadPush(body));
  const std::string account_id = target.account_id;
  const bool known = host_.With(
      [&](Region& region, absl::Time) { return region.FindAccount(account_id) != nullptr; });
  if (!known) return NotFoundError("Account", account_id);
  absl::MutexLock lock(&agents_mutex_);
  std::unique_ptr<MetricsAgent>& agent = agents_[account_id];
  if (agent == nullptr) {
    const auto measure = [this, account_id] {
      return host_.With(
          [&](Region& region, absl::Time now) { return region.Measure(account_id, now); });
    };
    agent = std::make_unique<MetricsAgent>(measure, host_.clock(), client_, samples_);
  }
  agent->SetTarget(std::move(target));
  return Done();
}

}  // namespace accordion::cloudsim
