#include "engine/ports/contact.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/ports/webhook_url.h"

namespace accordion::ports {
namespace {

constexpr size_t kMaxIdBytes = 64;
constexpr size_t kMaxMailAddressBytes = 254;  // RFC 5321, less the angle brackets
constexpr size_t kMaxLocalPartBytes = 64;
constexpr size_t kMinSecretBytes = 16;

bool IsIdByte(unsigned char c) {
  return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
}

// RFC 5322's atext and the dot; no quoted local parts.
bool IsLocalByte(unsigned char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("!#$%&'*+-/=?^_`{|}~.", static_cast<char>(c));
}

bool IsDomainByte(unsigned char c) { return absl::ascii_isalnum(c) || c == '-' || c == '.'; }

}  // namespace

const char* ContactKindName(ContactKind kind) {
  switch (kind) {
    case ContactKind::kWebhook:
      return "webhook";
    case ContactKind::kEmail:
      return "email";
  }
  return "unknown";
}

std::string EndpointOf(const Contact& contact) {
  if (contact.kind == ContactKind::kEmail) return "mailto:";
  const absl::StatusOr<WebhookUrl> url = ParseWebhookUrl(contact.address);
  if (!url.ok()) return contact.address;
  return absl::StrCat(url->tls ? "https" : "http", "://", url->host, ":", url->port);
}

absl::Status CheckMailAddress(absl::string_view address) {
  const size_t at = address.find('@');
  if (at == absl::string_view::npos || address.size() > kMaxMailAddressBytes) {
    return absl::InvalidArgumentError("a mail address is local@domain, at most 254 bytes");
  }
  const absl::string_view local = address.substr(0, at);
  const absl::string_view domain = address.substr(at + 1);
  const bool good = !local.empty() && local.size() <= kMaxLocalPartBytes && !domain.empty() &&
                    std::all_of(local.begin(), local.end(), IsLocalByte) &&
                    std::all_of(domain.begin(), domain.end(), IsDomainByte) &&
                    absl::ascii_isalnum(static_cast<unsigned char>(domain.front())) &&
                    absl::ascii_isalnum(static_cast<unsigned char>(domain.back()));
  if (!good) return absl::InvalidArgumentError("a mail address has plain ASCII letters only");
  return absl::OkStatus();
}

absl::Status CheckContact(const Contact& contact) {
  if (contact.id.empty() || contact.id.size() > kMaxIdBytes ||
      !std::all_of(contact.id.begin(), contact.id.end(), IsIdByte)) {
    return absl::InvalidArgumentError(
        "contact_id must be 1 to 64 letters, digits, dots, dashes or underscores");
  }
  switch (contact.kind) {
    case ContactKind::kWebhook:
      RETURN_IF_ERROR(ParseWebhookUrl(contact.address).status());
      if (contact.secret.Reveal().size() < kMinSecretBytes) {
        return absl::InvalidArgumentError("a webhook needs a secret of at least 16 bytes");
      }
      return absl::OkStatus();
    case ContactKind::kEmail:
      if (!contact.secret.empty()) {
        return absl::InvalidArgumentError("an e-mail contact has no secret");
      }
      return CheckMailAddress(contact.address);
  }
  return absl::InvalidArgumentError("kind must be webhook or email");
}

}  // namespace accordion::ports
