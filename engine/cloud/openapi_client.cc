#include "engine/cloud/openapi_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/encoding.h"
#include "cloud/v1/answers.pb.h"
#include "engine/cloud/answer.h"
#include "engine/ports/compute_cloud.h"

namespace accordion::cloud {
namespace {

constexpr absl::string_view kVersion = "2016-03-04";  // of all three services (clients.md §4)

absl::string_view NameOf(Service service) {
  switch (service) {
    case Service::kKec:
      return "kec";
    case Service::kVpc:
      return "vpc";
    case Service::kEip:
      return "eip";
    case Service::kSlb:
      return "slb";
  }
  return "";
}

// The authority of an http(s) URL, as the Host header must name it.
std::string AuthorityOf(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "http://")) absl::ConsumePrefix(&url, "https://");
  return std::string(url.substr(0, url.find('/')));
}

OpenApiReply Failed(OpenApiReply::Kind kind, activity::FailureClass failure, std::string words) {
  OpenApiReply reply;
  reply.kind = kind;
  reply.failure = failure;
  reply.words = std::move(words);
  return reply;
}

// What the gate learns from a reply.
CallGate::Outcome OutcomeOf(const OpenApiReply& reply) {
  if (reply.failure == activity::FailureClass::kThrottled) return CallGate::Outcome::kThrottled;
  if (reply.failure == activity::FailureClass::kAuth) return CallGate::Outcome::kAuth;
  const bool answered =
      reply.kind == OpenApiReply::Kind::kSucceeded || reply.kind == OpenApiReply::Kind::kRefused;
  return answered ? CallGate::Outcome::kAnswered : CallGate::Outcome::kFailed;
}

// For metrics.
absl::string_view OutcomeWord(const OpenApiReply& reply) {
  switch (OutcomeOf(reply)) {
    case CallGate::Outcome::kThrottled:
      return "throttled";
    case CallGate::Outcome::kAuth:
      return "auth";
    case CallGate::Outcome::kAnswered:
      return reply.kind == OpenApiReply::Kind::kSucceeded ? "succeeded" : "refused";
    case CallGate::Outcome::kFailed:
      return reply.kind == OpenApiReply::Kind::kNotSent ? "not_sent" : "unknown";
  }
  return "";
}

}  // namespace

absl::Status OpenApiReply::ToStatus() const {
  if (kind == Kind::kSucceeded) return absl::OkStatus();
  if (NotFound()) return absl::NotFoundError(words);
  return ports::CloudError(failure, words);
}

OpenApiClient::OpenApiClient(OpenApiOptions options, Parts parts)
    : options_(std::move(options)), parts_(parts), http_({.ca_file = options_.ca_file}) {}

OpenApiReply OpenApiClient::Call(const domain::AccountId& account, const OpenApiCall& call) {
  const absl::StatusOr<ports::CloudCredential> credential =
      parts_.credentials.CredentialOf(account);
  if (!credential.ok()) {
    return Failed(OpenApiReply::Kind::kNotSent, activity::FailureClass::kAuth,
                  absl::StrCat("no credential for the cloud: ", credential.status().message()));
  }
  absl::StatusOr<CallGate::Pass> pass = parts_.gate.Enter({.account = account,
                                                           .action = call.action,
                                                           .access_key = credential->access_key_id,
                                                           .launch = call.launch});
  if (!pass.ok()) {
    return Failed(OpenApiReply::Kind::kNotSent, ports::FailureClassOf(pass.status()),
                  std::string(pass.status().message()));
  }
  const absl::Duration began = parts_.clock.BootTime();
  OpenApiReply reply = Send(*credential, call);
  parts_.telemetry.CloudCalled(call.action, OutcomeWord(reply), parts_.clock.BootTime() - began);
  pass->End(OutcomeOf(reply));
  if (reply.failure == activity::FailureClass::kAuth) parts_.credentials.Refused(account);
  return reply;
}

OpenApiReply OpenApiClient::Send(const ports::CloudCredential& credential,
                                 const OpenApiCall& call) {
  base::sigv4::Parameters parameters = {{"Action", std::string(call.action)},
                                        {"Version", std::string(kVersion)}};
  parameters.insert(parameters.end(), call.parameters.begin(), call.parameters.end());
  const std::string url =
      absl::StrReplaceAll(options_.endpoint, {{"{service}", NameOf(call.service)}});

  base::HttpCall http;
  http.method = "POST";
  http.url = absl::StrCat(url, "/");
  http.body = base::FormEncode(parameters);
  http.timeout = options_.call_timeout;
  http.connect_timeout = std::min(options_.call_timeout, http.connect_timeout);
  http.may_repeat = call.may_repeat;
  http.headers = {{"Accept", "application/json"},
                  {"Content-Type", "application/x-www-form-urlencoded"},
                  {"Host", AuthorityOf(url)}};
  const base::HttpHeaders signature = base::sigv4::Sign(
      {.method = http.method, .path = "/", .query = {}, .headers = http.headers, .body = http.body},
      {.access_key = credential.access_key_id,
       .secret_key = credential.secret_key,
       .region = options_.region,
       .service = std::string(NameOf(call.service)),
       .session_token = ""},
      call.signed_at);
  for (const auto& [name, value] : signature.fields()) http.headers.Add(name, value);
  return Interpret(http_.Call(http));
}

OpenApiReply OpenApiClient::Interpret(const base::HttpResult& result) const {
  switch (result.delivery) {
    case base::Delivery::kNotSent:
      return Failed(OpenApiReply::Kind::kNotSent, activity::FailureClass::kTransient,
                    std::string(result.status.message()));
    case base::Delivery::kUnknown:
      return Failed(OpenApiReply::Kind::kUnknown, activity::FailureClass::kTransient,
                    std::string(result.status.message()));
    case base::Delivery::kAnswered:
      break;
  }
  const int status = result.response.status;
  if (status == 200) {
    OpenApiReply reply;
    reply.kind = OpenApiReply::Kind::kSucceeded;
    reply.body = result.response.body;
    return reply;
  }
  ::cloud::v1::ErrorAnswer error;
  const bool parsed =
      ParseAnswer(result.response.body, error).ok() && !error.error().code().empty();
  const std::string words = parsed
                                ? absl::StrCat(error.error().code(), ": ", error.error().message())
                                : absl::StrCat("HTTP ", status);
  // Only these are proof that nothing was executed (reliability.md C3, outcome table).
  const bool definite =
      parsed && (status == 400 || status == 403 || status == 404 || status == 409);
  const activity::FailureClass failure =
      options_.taxonomy.Classify(status, error.error().code(), error.error().message());
  if (!definite) return Failed(OpenApiReply::Kind::kUnknown, failure, words);
  OpenApiReply reply = Failed(OpenApiReply::Kind::kRefused, failure, words);
  reply.not_found = status == 404 || absl::StrContains(error.error().code(), "NotFound");
  return reply;
}

absl::StatusOr<std::string> OpenApiClient::Read(const domain::AccountId& account, Service service,
                                                absl::string_view action,
                                                base::sigv4::Parameters parameters) {
  OpenApiReply reply = Call(account, {.service = service,
                                      .action = action,
                                      .parameters = std::move(parameters),
                                      .signed_at = parts_.clock.Now(),
                                      .may_repeat = true});
  const absl::Status status = reply.ToStatus();
  if (!status.ok()) return status;
  ::cloud::v1::ErrorAnswer answer;
  const absl::Status parsed = ParseAnswer(reply.body, answer);
  if (!parsed.ok()) return parsed;
  if (answer.request_id().empty())
    return absl::DataLossError("the cloud's answer has no RequestId");
  return std::move(reply.body);
}

}  // namespace accordion::cloud
