#include "api-gateway/gateway.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "api-gateway/admin_pages.h"
#include "api-gateway/api_handler.h"
#include "api-gateway/auth/authenticator.h"
#include "api-gateway/auth/failure_limit.h"
#include "api-gateway/auth/header_signature.h"
#include "api-gateway/auth/query_signature.h"
#include "api-gateway/auth/signing_keys.h"
#include "api-gateway/auth/simplified_signature.h"
#include "api-gateway/auth/throttle.h"
#include "api-gateway/document/document_pages.h"
#include "api-gateway/engine/grpc_credential_source.h"
#include "api-gateway/engine/grpc_engine_channel.h"
#include "api-gateway/envelope.h"
#include "api-gateway/gateway_metrics.h"
#include "api-gateway/limits.h"
#include "api-gateway/openapi/route_table.h"
#include "api-gateway/remote_write/remote_write_handler.h"
#include "api-gateway/remote_write/series_mapping.h"
#include "base/http_server.h"
#include "base/status_macros.h"

namespace accordion::gateway {
namespace {

// compat.scheduled_task_return_set: its words, and the one action that it is about.
constexpr char kObjectReturnSet[] = "object";
constexpr char kNumberReturnSet[] = "number";
constexpr char kBareIdAction[] = "CreateScheduledTask";

struct Address {
  std::string host;
  int port;
};

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  const std::size_t colon = text.rfind(':');
  Address address;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &address.port) || address.port < 0 ||
      address.port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("not host:port: ", text));
  }
  address.host = std::string(text.substr(0, colon));
  return address;
}

base::SecretString RandomKey(base::Rng& rng) {
  std::string key;
  for (int i = 0; i < 3; ++i) absl::StrAppend(&key, absl::Hex(rng.Next(), absl::kZeroPad16));
  return base::SecretString(key.substr(0, 40));  // the usual length of a secret key
}

std::vector<std::unique_ptr<const SignatureScheme>> Schemes(const Config& config) {
  const SignatureRules rules = {config.regions, envelope::kService, config.signature_window};
  const auto keys = std::make_shared<SigningKeys>(limits::kMaxSigningKeys);
  std::vector<std::unique_ptr<const SignatureScheme>> schemes;
  schemes.push_back(MakeHeaderSignature(rules, keys));
  schemes.push_back(MakeQuerySignature(rules, keys));
  schemes.push_back(MakeSimplifiedSignature(rules));
  return schemes;
}

FailureLimit::Rates FailureRates(const Config& config) {
  return {{config.key_failure_rate, config.key_failure_burst},
          {config.address_failure_rate, config.address_failure_burst}};
}

std::unique_ptr<const DocumentPages> Documents(const Config& config, const RouteTable& routes,
                                               absl::TimeZone zone) {
  if (!config.serve_documents) return nullptr;
  return std::make_unique<const DocumentPages>(routes, config.regions, zone);
}

}  // namespace

absl::StatusOr<std::unique_ptr<const RouteTable>> BuildRoutes(const Config& config) {
  absl::flat_hash_set<std::string> bare_ids;
  if (config.scheduled_task_return_set == kNumberReturnSet) {
    bare_ids.insert(kBareIdAction);
  } else if (config.scheduled_task_return_set != kObjectReturnSet) {
    return absl::InvalidArgumentError(absl::StrCat("compat.scheduled_task_return_set: neither ",
                                                   kObjectReturnSet, " nor ", kNumberReturnSet));
  }
  return RouteTable::Build(PublicApi(), bare_ids);
}

EngineLinks ConnectEngine(const Config& config, const base::Clock* clock) {
  const std::shared_ptr<grpc::Channel> channel = MakeGrpcChannel(config.engine);
  const CredentialCacheOptions cache = {config.credential_ttl, config.unknown_credential_ttl,
                                        config.engine_deadline};
  EngineLinks links;
  links.credentials = MakeGrpcCredentialSource(channel, cache, clock);
  links.metric_credentials = MakeGrpcMetricCredentialSource(channel, cache, clock);
  links.channel = MakeGrpcEngineChannel(
      channel,
      {config.engine, config.engine_deadline, config.max_in_flight, std::max(1, config.threads)});
  links.samples = MakeGrpcSampleStream(channel, {config.remote_write_ack_timeout}, clock);
  return links;
}

// In the order of construction: what is listed later uses what is listed before.
struct Gateway::Parts {
  Parts(const Config& configured, absl::TimeZone zone, EngineLinks engine_links,
        std::unique_ptr<const RouteTable> route_table, SeriesMapping mapping,
        const base::Clock* clock, base::Rng* rng)
      : config(configured),
        links(std::move(engine_links)),
        routes(std::move(route_table)),
        throttle({configured.throttle_rate, configured.throttle_burst},
                 limits::kMaxThrottleBuckets),
        failures(FailureRates(configured), limits::kMaxFailureBuckets),
        authenticator(Schemes(configured), links.credentials.get(), &failures, clock,
                      RandomKey(*rng)),
        api({*routes, authenticator, throttle, *links.channel, metrics, *clock, *rng},
            {zone, configured.disabled_actions}),
        remote_write({*links.metric_credentials, *links.samples, metrics, *clock},
                     std::move(mapping)),
        documents(Documents(configured, *routes, zone)) {}

  void Handle(base::HttpRequest request, base::Responder respond) {
    if (request.path == config.remote_write_path) {
      remote_write.Handle(std::move(request), std::move(respond));
      return;
    }
    const base::HttpResponse* page = documents == nullptr ? nullptr : documents->Find(request);
    if (page != nullptr) {
      respond(*page);
      return;
    }
    api.Handle(std::move(request), std::move(respond));
  }

  const Config config;
  EngineLinks links;
  GatewayMetrics metrics;
  std::unique_ptr<const RouteTable> routes;
  Throttle throttle;
  FailureLimit failures;
  Authenticator authenticator;
  ApiHandler api;
  RemoteWriteHandler remote_write;
  const std::unique_ptr<const DocumentPages> documents;  // null: not served
  std::atomic<bool> stopping = false;
  std::unique_ptr<base::HttpServer> admin_server;
  std::unique_ptr<base::HttpServer> server;
};

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Config& config, EngineLinks links,
                                                        const base::Clock* clock, base::Rng* rng) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(config.time_zone, &zone)) {
    return absl::InvalidArgumentError(absl::StrCat("unknown time-zone: ", config.time_zone));
  }
  ASSIGN_OR_RETURN(const Address address, ParseAddress(config.listen));
  ASSIGN_OR_RETURN(const Address admin_address, ParseAddress(config.admin_listen));
  ASSIGN_OR_RETURN(SeriesMapping mapping, SeriesMapping::Build({config.remote_write_instance_label,
                                                                config.remote_write_listener_label,
                                                                config.remote_write_metric_names}));
  ASSIGN_OR_RETURN(std::unique_ptr<const RouteTable> routes, BuildRoutes(config));
  for (const std::string& action : config.disabled_actions) {
    if (routes->Find(action) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("actions.disabled: no action ", action));
    }
  }
  auto parts = std::make_unique<Parts>(config, zone, std::move(links), std::move(routes),
                                       std::move(mapping), clock, rng);
  Parts* const shared = parts.get();

  base::HttpServerOptions admin_options;
  admin_options.address = admin_address.host;
  admin_options.port = admin_address.port;
  admin_options.threads = 1;
  ASSIGN_OR_RETURN(
      parts->admin_server,
      base::HttpServer::Start(admin_options, MakeAdminPages(&shared->metrics, [shared] {
                                return !shared->stopping && shared->links.channel->IsReady();
                              })));
  base::HttpServerOptions options;
  options.address = address.host;
  options.port = address.port;
  options.threads = config.threads;
  options.max_header_bytes = limits::kMaxHeaderBytes;
  options.max_target_bytes = limits::kMaxTargetBytes;
  options.max_body_bytes = limits::kMaxApiBodyBytes;
  options.max_body_bytes_by_prefix = {{config.remote_write_path, limits::kMaxRemoteWriteBodyBytes}};
  options.error_shaper = [shared](base::HttpRejection rejection, int) {
    return shared->api.ShapeRejection(rejection);
  };
  ASSIGN_OR_RETURN(parts->server,
                   base::HttpServer::Start(
                       options, [shared](base::HttpRequest request, base::Responder respond) {
                         shared->Handle(std::move(request), std::move(respond));
                       }));
  return std::unique_ptr<Gateway>(new Gateway(std::move(parts)));
}

Gateway::Gateway(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Gateway::~Gateway() { Stop(); }

int Gateway::Port() const { return parts_->server->Port(); }
int Gateway::AdminPort() const { return parts_->admin_server->Port(); }

void Gateway::Stop() {
  parts_->stopping = true;
  parts_->server->Stop(parts_->config.shutdown_grace);
  parts_->admin_server->Stop(absl::ZeroDuration());
  // The engine's links go before the handlers that their callbacks use.
  parts_->links = EngineLinks();
}

}  // namespace accordion::gateway
