// The URLs that a webhook may have, taken apart strictly: what this parser accepts, libcurl and
// every receiver read in the same way, so that the host that is checked is the host that is called
// (reliability.md E7).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace accordion::ports {

struct WebhookUrl {
  bool tls = true;
  std::string host;  // in lower case; a name, dotted IPv4, or IPv6 in brackets
  int port = 443;
  std::string target;  // path and query, begins with /

  // The URL again, from its parts alone.
  std::string Text() const;
};

// kInvalidArgument with words for an operator: another scheme, user information, a fragment, bytes
// that URLs don't have, a host that is neither a DNS name nor an address in its one usual form
// (decimal, hexadecimal, octal and shortened IPv4 are refused), a bad port.
absl::StatusOr<WebhookUrl> ParseWebhookUrl(absl::string_view text);

}  // namespace accordion::ports
