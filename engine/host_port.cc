#include "engine/host_port.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace accordion {

absl::StatusOr<HostPort> ParseHostPort(absl::string_view text) {
  constexpr int kMaxPort = 65535;
  const size_t colon = text.rfind(':');
  HostPort address;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &address.port) || address.port < 0 ||
      address.port > kMaxPort) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no host:port"));
  }
  absl::string_view host = text.substr(0, colon);
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) {
    host = host.substr(1, host.size() - 2);
  }
  address.host = std::string(host);
  return address;
}

}  // namespace accordion
