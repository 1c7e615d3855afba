// `host:port` as settings give it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace accordion {

struct HostPort {
  std::string host;
  int port = 0;  // 0: any free one
};

// kInvalidArgument unless it is `host:port`; an IPv6 address stands in brackets.
absl::StatusOr<HostPort> ParseHostPort(absl::string_view text);

}  // namespace accordion
