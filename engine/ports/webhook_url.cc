#include "engine/ports/webhook_url.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace accordion::ports {
namespace {

constexpr size_t kMaxUrlBytes = 2048;
constexpr size_t kMaxHostBytes = 253;
constexpr size_t kMaxLabelBytes = 63;

absl::Status Refusal(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("webhook URL: ", why));
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// `a.b.c.d`, each 0..255 without leading zeros: the only way to write an IPv4 address here.
bool IsDottedIpv4(const std::vector<absl::string_view>& labels) {
  return labels.size() == 4 &&
         std::all_of(labels.begin(), labels.end(), [](absl::string_view part) {
           int value = 0;
           return IsDigits(part) && part.size() <= 3 && absl::SimpleAtoi(part, &value) &&
                  value <= 255 && absl::StrCat(value) == part;
         });
}

bool IsLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-';
         });
}

absl::Status CheckHost(absl::string_view host) {
  if (host.size() > kMaxHostBytes) return Refusal("the host is too long");
  if (absl::StartsWith(host, "[")) {
    const absl::string_view inner = host.substr(1, host.size() - 2);
    const bool good = std::all_of(inner.begin(), inner.end(), [](unsigned char c) {
      return absl::ascii_isxdigit(c) || c == ':' || c == '.';
    });
    return good && absl::StrContains(inner, ':') ? absl::OkStatus()
                                                 : Refusal("the IPv6 address is malformed");
  }
  const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
  if (!std::all_of(labels.begin(), labels.end(), IsLabel)) {
    return Refusal("the host is no DNS name");
  }
  // Resolvers take a name whose last label is a number for an address, in one of many forms.
  const absl::string_view last = labels.back();
  if (IsDigits(last) || absl::StartsWith(last, "0x")) {
    return IsDottedIpv4(labels) ? absl::OkStatus()
                                : Refusal("an IPv4 address is written as four decimal numbers");
  }
  return absl::OkStatus();
}

// Splits `host[:port]`.
absl::Status SplitAuthority(absl::string_view authority, WebhookUrl& url) {
  size_t end = authority.find(':');
  if (absl::StartsWith(authority, "[")) {
    end = authority.find(']');
    if (end == absl::string_view::npos) return Refusal("the IPv6 address is malformed");
    ++end;
  }
  url.host = absl::AsciiStrToLower(authority.substr(0, end));
  const absl::string_view rest = end >= authority.size() ? "" : authority.substr(end);
  url.port = url.tls ? 443 : 80;
  if (!rest.empty()) {
    const absl::string_view port = rest.substr(1);
    if (rest.front() != ':' || !IsDigits(port) || port.size() > 5 ||
        !absl::SimpleAtoi(port, &url.port) || url.port < 1 || url.port > 65535) {
      return Refusal("the port must be 1 to 65535");
    }
  }
  return CheckHost(url.host);
}

}  // namespace

std::string WebhookUrl::Text() const {
  return absl::StrCat(tls ? "https" : "http", "://", host, ":", port, target);
}

absl::StatusOr<WebhookUrl> ParseWebhookUrl(absl::string_view text) {
  if (text.size() > kMaxUrlBytes) return Refusal("longer than 2048 bytes");
  const bool printable = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>';
  });
  if (!printable)
    return Refusal("blanks, control bytes, backslashes and non-ASCII must be encoded");
  WebhookUrl url;
  const std::string scheme = absl::AsciiStrToLower(text.substr(0, text.find(':')));
  if (scheme != "https" && scheme != "http") return Refusal("the scheme must be https");
  url.tls = scheme == "https";
  text.remove_prefix(scheme.size());
  if (!absl::ConsumePrefix(&text, "://")) return Refusal("the scheme must be followed by ://");
  const size_t end = std::min(text.find_first_of("/?#"), text.size());
  const absl::string_view authority = text.substr(0, end);
  absl::string_view target = text.substr(end);
  if (absl::StrContains(authority, '@')) return Refusal("no user name or password may stand in it");
  if (absl::StrContains(target, '#')) return Refusal("it must have no fragment");
  RETURN_IF_ERROR(SplitAuthority(authority, url));
  url.target = absl::StrCat(absl::StartsWith(target, "/") ? "" : "/", target);
  return url;
}

}  // namespace accordion::ports
