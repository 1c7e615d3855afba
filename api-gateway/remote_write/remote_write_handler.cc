#include "api-gateway/remote_write/remote_write_handler.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/log.h"

namespace accordion::gateway {
namespace {

constexpr char kAuthorization[] = "authorization";
constexpr char kBearer[] = "bearer ";

// The token of `Authorization: Bearer TOKEN`; empty where there is none.
absl::string_view BearerToken(const base::HttpRequest& request) {
  if (request.headers.Count(kAuthorization) != 1) return {};
  absl::string_view value = absl::StripAsciiWhitespace(*request.headers.Find(kAuthorization));
  if (!absl::StartsWithIgnoreCase(value, kBearer)) return {};
  return absl::StripAsciiWhitespace(value.substr(sizeof(kBearer) - 1));
}

}  // namespace

struct RemoteWriteHandler::Exchange {
  base::HttpRequest request;
  base::Responder respond;
  absl::Duration started;  // boot time
};

RemoteWriteHandler::RemoteWriteHandler(Parts parts, SeriesMapping mapping)
    : parts_(parts), mapping_(std::move(mapping)) {}

void RemoteWriteHandler::Handle(base::HttpRequest request, base::Responder respond) {
  auto exchange = std::make_shared<Exchange>(
      Exchange{std::move(request), std::move(respond), parts_.clock.BootTime()});
  if (exchange->request.method != "POST") {
    Answer(exchange, 405, "remote-write is a POST");
    return;
  }
  const absl::string_view token = BearerToken(exchange->request);
  if (token.empty()) {
    Answer(exchange, 401, "a bearer credential is required");
    return;
  }
  parts_.credentials.Find(
      base::Sha256Hex(token),
      [this, exchange](absl::StatusOr<std::shared_ptr<const MetricCredential>> found) {
        if (!found.ok()) {
          Answer(exchange, 503, "credentials cannot be checked now");
        } else if (*found == nullptr) {
          Answer(exchange, 401, "unknown credential");
        } else if ((*found)->is_frozen) {
          Answer(exchange, 403, "the account is frozen");
        } else {
          Write(exchange, **found);
        }
      });
}

void RemoteWriteHandler::Write(const std::shared_ptr<Exchange>& exchange,
                               const MetricCredential& credential) {
  absl::StatusOr<std::string> bytes = DecompressSnappy(exchange->request.body);
  if (!bytes.ok()) {
    Answer(exchange, 400, bytes.status().message());
    return;
  }
  absl::StatusOr<MappedSamples> mapped = MapWriteRequest(mapping_, *bytes);
  if (!mapped.ok()) {
    Answer(exchange, 400, mapped.status().message());
    return;
  }
  parts_.metrics.SamplesIgnored(mapped->ignored);
  const std::size_t count = mapped->batch.size();
  if (count == 0) {
    Answer(exchange, 204, "");
    return;
  }
  // From the credential, never from labels: a sample cannot name another account.
  mapped->batch.account_id = credential.account_id;
  mapped->batch.any_account = credential.may_push_any;
  parts_.stream.Push(std::move(mapped->batch), [this, exchange, count](absl::Status status) {
    if (status.ok()) {
      parts_.metrics.SamplesForwarded(count);
      Answer(exchange, 204, "");
    } else {
      Answer(exchange, 503, status.message());
    }
  });
}

void RemoteWriteHandler::Answer(const std::shared_ptr<Exchange>& exchange, int status,
                                absl::string_view message) {
  const absl::Duration took = parts_.clock.BootTime() - exchange->started;
  parts_.metrics.RemoteWriteFinished(status, took);
  if (status != 204) {
    base::LogInfo(
        "remote-write refused",
        {{"status", status}, {"reason", message}, {"peer", exchange->request.remote_address}});
  }
  base::HttpResponse response;
  response.status = status;
  if (!message.empty()) {
    response.headers.Add("Content-Type", "text/plain");
    response.body = std::string(message);
  }
  exchange->respond(std::move(response));
}

}  // namespace accordion::gateway
