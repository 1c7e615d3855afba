#include "api-gateway/api_handler.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "accordion/v1/error_reason.pb.h"
#include "accordion/v1/request_context.pb.h"
#include "api-gateway/access_log.h"
#include "api-gateway/auth/authorizer.h"
#include "api-gateway/envelope.h"
#include "api-gateway/limits.h"
#include "api-gateway/openapi/parameter_value.h"
#include "api-gateway/openapi/query_decoder.h"
#include "api-gateway/openapi/response_encoder.h"
#include "api-gateway/request_id.h"

namespace accordion::gateway {
namespace {

constexpr char kSuccessCode[] = "OK";
constexpr char kUnknownAction[] = "unknown";
constexpr char kMainAccountPrincipal[] = "root";

// The opaque classes of our own faults, as a user sees them.
constexpr char kLostCall[] = "LostCall";
constexpr char kInternalFailure[] = "InternalFailure";

bool AcceptsJson(const base::HttpRequest& request) {
  const auto accepted = request.headers.FindAll(envelope::kAcceptHeader);
  return std::any_of(accepted.begin(), accepted.end(), [](absl::string_view value) {
    return absl::StrContains(absl::AsciiStrToLower(value), envelope::kJsonMediaType);
  });
}

base::HttpResponse ToResponse(EncodedAnswer answer, absl::string_view request_id) {
  base::HttpResponse response;
  response.status = answer.status;
  response.headers.Add("Content-Type", answer.media_type);
  response.headers.Add(envelope::kRequestIdHeader, request_id);
  response.body = std::move(answer.body);
  return response;
}

// A value of the envelope from its parameter or its header. False where both are given and differ.
bool ReadParameterOrHeader(const base::HttpRequest& request, const RequestParameters& parameters,
                           absl::string_view parameter, absl::string_view header,
                           std::string* value) {
  const std::string* given = parameters.Find(parameter);
  if (given != nullptr) *value = *given;
  for (absl::string_view other : request.headers.FindAll(header)) {
    other = absl::StripAsciiWhitespace(other);
    if (!value->empty() && *value != other) return false;
    *value = std::string(other);
  }
  return true;
}

bool IsPrintableAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// The parameters of the envelope that only a writing action heeds, into its context.
MaybeError ReadWriteParameters(const RequestParameters& parameters, bool writes,
                               v1::RequestContext* context) {
  const std::string* dry_run = parameters.Find(envelope::kDryRun);
  if (dry_run != nullptr && !dry_run->empty()) {
    const std::optional<bool> flag = ParseFlag(*dry_run);
    if (!flag) return InvalidParameterValue(envelope::kDryRun);
    context->set_dry_run(*flag && writes);
  }
  const std::string* client_token = parameters.Find(envelope::kClientToken);
  if (client_token != nullptr && writes) {
    if (client_token->size() > limits::kMaxClientTokenBytes || !IsPrintableAscii(*client_token)) {
      return InvalidParameterValue(envelope::kClientToken);
    }
    context->set_client_token(*client_token);
  }
  return std::nullopt;
}

}  // namespace

// One request, from its arrival to its answer. One that is dropped unanswered on its way (a
// callback that nobody calls) is a fault of ours, and is answered as such.
struct ApiHandler::Exchange {
  explicit Exchange(ApiHandler* owner) : handler(*owner) {}
  ~Exchange() {
    if (!is_answered) handler.Fail(this, ApiError{v1::SERVICE_EXCEPTION, {kLostCall}});
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  ApiHandler& handler;
  base::HttpRequest request;
  base::Responder respond;
  bool is_answered = false;
  absl::Duration started;  // boot time
  std::string request_id;
  AnswerFormat format = AnswerFormat::kXml;
  std::string action;   // as received, later canonical
  std::string version;  // as received
  const Route* route = nullptr;
  std::string account_id;
  std::string access_key_id;
};

ApiHandler::ApiHandler(Parts parts, Settings settings)
    : parts_(parts),
      zone_(settings.zone),
      disabled_actions_(settings.disabled_actions.begin(), settings.disabled_actions.end()) {}

void ApiHandler::Handle(base::HttpRequest request, base::Responder respond) {
  auto exchange = std::make_shared<Exchange>(this);
  exchange->request = std::move(request);
  exchange->respond = std::move(respond);
  exchange->started = parts_.clock.BootTime();
  exchange->request_id = NewRequestId(parts_.rng);
  parts_.metrics.RequestStarted();

  const base::HttpRequest& received = exchange->request;
  if (AcceptsJson(received)) exchange->format = AnswerFormat::kJson;
  const bool is_post = received.method == "POST";
  if (!is_post && received.method != "GET") {
    Fail(exchange.get(), ApiError{v1::INVALID_METHOD, {Echo(received.method)}});
    return;
  }
  // A GET's parameters are its query. Its body, if any, is covered by the signature and otherwise
  // ignored.
  OrError<RequestParameters> parameters = RequestParameters::Parse(
      received.query, is_post ? absl::string_view(received.body) : absl::string_view());
  if (!parameters.ok()) {
    Fail(exchange.get(), parameters.error());
    return;
  }
  if (MaybeError error = ReadEnvelope(exchange.get(), *parameters)) {
    Fail(exchange.get(), *error);
    return;
  }
  parts_.authenticator.Verify(
      received, *std::move(parameters), [this, exchange](OrError<VerifiedRequest> verified) {
        const MaybeError error =
            verified.ok() ? Dispatch(exchange, *verified) : MaybeError(verified.error());
        if (error) Fail(exchange.get(), *error);
      });
}

MaybeError ApiHandler::ReadEnvelope(Exchange* exchange, const RequestParameters& parameters) {
  const std::string* format = parameters.Find(envelope::kFormat);
  if (format != nullptr && absl::EqualsIgnoreCase(*format, envelope::kJsonFormatWord)) {
    exchange->format = AnswerFormat::kJson;
  }
  if (!ReadParameterOrHeader(exchange->request, parameters, envelope::kAction,
                             envelope::kActionHeader, &exchange->action)) {
    return InvalidQueryParameter(envelope::kAction);
  }
  if (!ReadParameterOrHeader(exchange->request, parameters, envelope::kVersion,
                             envelope::kVersionHeader, &exchange->version)) {
    return InvalidQueryParameter(envelope::kVersion);
  }
  exchange->route = parts_.routes.Find(exchange->action);
  if (exchange->route != nullptr) exchange->action = exchange->route->action;
  return std::nullopt;
}

MaybeError ApiHandler::Admit(Exchange* exchange, const Principal& principal) {
  exchange->account_id = principal.account_id;
  exchange->access_key_id = principal.access_key_id;
  const bool main_only = exchange->route != nullptr && exchange->route->main_account_only;
  if (MaybeError error = Authorize(principal, exchange->action, main_only)) return error;
  // Unknown actions share one bucket, so that made-up names cannot fill the table.
  const std::string bucket =
      absl::StrCat(principal.account_id, "/", exchange->route == nullptr ? "" : exchange->action);
  const absl::Duration wait = parts_.throttle.Take(bucket, parts_.clock.Now());
  if (wait > absl::ZeroDuration()) return LimitExceeded(wait);
  return std::nullopt;
}

MaybeError ApiHandler::CheckAction(const Exchange& exchange) const {
  if (exchange.request.path != "/") return ApiError{v1::NO_SUCH_ENTITY, {}};
  if (exchange.action.empty()) return MissingParameter(envelope::kAction);
  if (exchange.version.empty()) return MissingParameter(envelope::kVersion);
  if (exchange.version != envelope::kApiVersion) return InvalidQueryParameter(envelope::kVersion);
  if (exchange.route == nullptr) return ApiError{v1::NO_SUCH_ENTITY, {}};
  if (disabled_actions_.contains(exchange.action)) return ApiError{v1::ACTION_SWITCHED_OFF, {}};
  return std::nullopt;
}

MaybeError ApiHandler::Dispatch(const ExchangePtr& exchange, const VerifiedRequest& verified) {
  const Principal& principal = verified.principal();
  if (MaybeError error = Admit(exchange.get(), principal)) return error;
  if (MaybeError error = CheckAction(*exchange)) return error;

  const RequestParameters& parameters = verified.parameters();
  const Route& route = *exchange->route;
  std::unique_ptr<google::protobuf::Message> request(route.request_prototype->New());
  if (MaybeError error = DecodeRequest(*route.decode, parameters, zone_, request.get())) {
    return error;
  }
  v1::RequestContext context;
  context.set_account_id(principal.account_id);
  context.set_principal(principal.is_main_account ? kMainAccountPrincipal : principal.user_name);
  context.set_access_key_id(principal.access_key_id);
  context.set_request_id(exchange->request_id);
  context.set_source_address(exchange->request.remote_address);
  if (MaybeError error = ReadWriteParameters(parameters, route.writes, &context)) return error;
  parts_.engine.Call(route, std::move(request), context.SerializeAsString(),
                     [this, exchange](OrError<std::unique_ptr<google::protobuf::Message>> answer) {
                       if (answer.ok()) {
                         Answer(exchange.get(), **answer);
                       } else {
                         Fail(exchange.get(), answer.error());
                       }
                     });
  return std::nullopt;
}

void ApiHandler::Answer(Exchange* exchange, const google::protobuf::Message& answer) {
  Send(exchange, kSuccessCode,
       ToResponse(EncodeAnswer(*exchange->route->answer, answer, exchange->action,
                               exchange->request_id, zone_, exchange->format),
                  exchange->request_id));
}

void ApiHandler::Fail(Exchange* exchange, const ApiError& error) {
  base::HttpResponse response =
      ToResponse(EncodeError(error, exchange->request_id, exchange->format), exchange->request_id);
  if (error.retry_after > absl::ZeroDuration()) {
    const absl::Duration wait = absl::Ceil(error.retry_after, absl::Seconds(1));
    response.headers.Add(envelope::kRetryAfterHeader, absl::StrCat(absl::ToInt64Seconds(wait)));
  }
  Send(exchange, ErrorCode(error), std::move(response));
}

void ApiHandler::Send(Exchange* exchange, absl::string_view code, base::HttpResponse response) {
  AccessEntry entry;
  entry.request_id = exchange->request_id;
  entry.action = Echo(exchange->action);
  entry.account_id = exchange->account_id;
  entry.access_key_id = exchange->access_key_id;
  entry.remote_address = exchange->request.remote_address;
  entry.status = response.status;
  entry.code = code;
  entry.took = parts_.clock.BootTime() - exchange->started;
  entry.received_bytes = exchange->request.target.size() + exchange->request.body.size();
  entry.sent_bytes = response.body.size();
  parts_.metrics.RequestFinished(
      exchange->route == nullptr ? kUnknownAction : absl::string_view(exchange->action), code,
      entry.took);
  exchange->is_answered = true;
  exchange->respond(std::move(response));
  LogAccess(entry);
}

base::HttpResponse ApiHandler::ShapeRejection(base::HttpRejection rejection) {
  ApiError error = {v1::SERVICE_EXCEPTION, {kInternalFailure}};
  absl::string_view reason = "handler_failed";
  switch (rejection) {
    case base::HttpRejection::kMalformed:
      error = InvalidQueryParameter("request");
      reason = "malformed";
      break;
    case base::HttpRejection::kNoHost:
      error = ApiError{v1::MISSING_HOST, {}};
      reason = "no_host";
      break;
    case base::HttpRejection::kBodyTooLarge:
      error = InvalidQueryParameter("body");
      reason = "body_too_large";
      break;
    case base::HttpRejection::kTargetTooLong:
      error = InvalidQueryParameter("query");
      reason = "target_too_long";
      break;
    case base::HttpRejection::kHeaderTooLarge:
      error = InvalidQueryParameter("header");
      reason = "header_too_large";
      break;
    case base::HttpRejection::kHandlerFailed:
      break;
  }
  parts_.metrics.RequestRejected(reason);
  const std::string request_id = NewRequestId(parts_.rng);
  return ToResponse(EncodeError(error, request_id, AnswerFormat::kJson), request_id);
}

}  // namespace accordion::gateway
