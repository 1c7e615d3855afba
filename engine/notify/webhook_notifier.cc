#include "engine/notify/webhook_notifier.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/encoding.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "engine/notify/cloud_event.h"

namespace accordion::notify {
namespace {

using ports::DeliveryOutcome;
using ports::DeliveryResult;

constexpr size_t kMaxReplyBytes = 4096;
constexpr size_t kMaxAddresses = 16;  // of one host; more are no receiver's

DeliveryResult Permanent(absl::string_view words) {
  return {.outcome = DeliveryOutcome::kPermanent, .words = std::string(words)};
}

DeliveryResult Unreached(absl::string_view words) {
  return {.outcome = DeliveryOutcome::kRetry, .words = std::string(words), .reached = false};
}

DeliveryResult OfStatus(int status) {
  const std::string words = absl::StrCat("HTTP ", status);
  if (status >= 200 && status < 300) return {.outcome = DeliveryOutcome::kDelivered};
  if (status >= 300 && status < 400) {
    return Permanent(absl::StrCat(words, ": redirects are not followed"));
  }
  if (status == 410) return Permanent(absl::StrCat(words, ": the receiver is gone for good"));
  return {.outcome = DeliveryOutcome::kRetry, .words = words};
}

IpAddress AddressOf(const sockaddr* socket_address) {
  if (socket_address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, socket_address, sizeof(v4));
    return IpAddress::V4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, socket_address, sizeof(v6));
  IpAddress::Bytes bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return IpAddress(bytes);
}

absl::StatusOr<std::vector<IpAddress>> AskResolver(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(host.c_str(), nullptr, &hints, &list); error != 0) {
    return absl::UnavailableError(absl::StrCat("host look-up: ", gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, &freeaddrinfo);
  std::vector<IpAddress> addresses;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    addresses.push_back(AddressOf(one->ai_addr));
  }
  return addresses;
}

// A literal address needs no looking up: the URL itself says it.
std::string ConnectTo(const ports::WebhookUrl& url, const std::vector<IpAddress>& addresses) {
  if (absl::StartsWith(url.host, "[") || IpAddress::Parse(url.host).has_value()) return "";
  return absl::StrCat(url.host, ":", url.port, ":",
                      absl::StrJoin(addresses, ",", [](std::string* out, const IpAddress& one) {
                        const std::string text = one.Text();
                        absl::StrAppend(out, one.is_v4() ? text : absl::StrCat("[", text, "]"));
                      }));
}

}  // namespace

Resolve SystemResolve() { return &AskResolver; }

std::string WebhookSignature(const base::SecretString& secret, absl::string_view timestamp,
                             absl::string_view event_id, absl::string_view body) {
  const std::string text = absl::StrCat(timestamp, ".", event_id, ".", body);
  return absl::StrCat("v1=", base::HexEncode(base::HmacSha256(secret.Reveal(), text)));
}

WebhookNotifier::WebhookNotifier(const WebhookOptions& options, const base::Clock& clock,
                                 Resolve resolve)
    : options_(options),
      policy_(options.allowed_networks),
      clock_(clock),
      resolve_(std::move(resolve)),
      client_({.ca_file = options.ca_file, .max_kept_handles = 4}) {}

DeliveryResult WebhookNotifier::Deliver(const ports::Contact& contact,
                                        const ports::Announcement& announcement) {
  const absl::StatusOr<ports::WebhookUrl> url = ports::ParseWebhookUrl(contact.address);
  if (!url.ok()) return Permanent(url.status().message());
  const absl::StatusOr<std::vector<IpAddress>> addresses = Vet(*url);
  if (absl::IsPermissionDenied(addresses.status())) return Permanent(addresses.status().message());
  if (!addresses.ok()) return Unreached(addresses.status().message());
  return Post(*url, *addresses, contact, announcement);
}

absl::StatusOr<std::vector<IpAddress>> WebhookNotifier::Vet(const ports::WebhookUrl& url) const {
  if (std::count(options_.ports.begin(), options_.ports.end(), url.port) == 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("port ", url.port, " is not allowed; see webhook.ports"));
  }
  if (!url.tls && !options_.allow_http) {
    return absl::PermissionDeniedError("plain HTTP is not allowed; see webhook.allow-http");
  }
  std::vector<IpAddress> addresses;
  const std::string literal =
      absl::StartsWith(url.host, "[") ? url.host.substr(1, url.host.size() - 2) : url.host;
  if (const std::optional<IpAddress> one = IpAddress::Parse(literal); one.has_value()) {
    addresses.push_back(*one);
  } else if (literal != url.host) {
    return absl::PermissionDeniedError("the IPv6 address is malformed");
  } else {
    ASSIGN_OR_RETURN(addresses, resolve_(url.host));
  }
  RETURN_IF_ERROR(policy_.Check(addresses));
  const bool all_allowed = std::all_of(addresses.begin(), addresses.end(),
                                       [this](const auto& one) { return policy_.IsAllowed(one); });
  if (!url.tls && !all_allowed) {
    return absl::PermissionDeniedError("plain HTTP may only go to webhook.allowed-networks");
  }
  if (addresses.size() > kMaxAddresses) addresses.resize(kMaxAddresses, addresses.front());
  return addresses;
}

DeliveryResult WebhookNotifier::Post(const ports::WebhookUrl& url,
                                     const std::vector<IpAddress>& addresses,
                                     const ports::Contact& contact,
                                     const ports::Announcement& announcement) {
  const std::string& event_id = announcement.event.event_id;
  const std::string timestamp = absl::StrCat(absl::ToUnixSeconds(clock_.Now()));
  base::HttpCall call{.method = "POST",
                      .url = url.Text(),
                      .body = CloudEventJson(options_.region, announcement),
                      .timeout = options_.timeout,
                      .connect_timeout = options_.timeout,
                      .max_response_bytes = kMaxReplyBytes,
                      .cut_response = true,
                      .connect_to = ConnectTo(url, addresses)};
  call.headers.Add("Content-Type", "application/cloudevents+json; charset=utf-8");
  call.headers.Add("User-Agent", "accordion");
  call.headers.Add("X-Event-Id", event_id);
  call.headers.Add("X-Accordion-Timestamp", timestamp);
  call.headers.Add("X-Accordion-Signature",
                   WebhookSignature(contact.secret, timestamp, event_id, call.body));
  const base::HttpResult result = client_.Call(call);
  if (!result.status.ok()) return Unreached(result.status.message());
  return OfStatus(result.response.status);
}

}  // namespace accordion::notify
