// One log line for each answered request.
//
// The entry has no field for a query string, a body or a header, because those hold secrets.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::gateway {

struct AccessEntry {
  std::string request_id;
  std::string action;  // canonical, or as received and cleaned where unknown
  std::string account_id;
  std::string access_key_id;
  std::string remote_address;
  int status = 0;
  absl::string_view code;
  absl::Duration took;
  std::size_t received_bytes = 0;
  std::size_t sent_bytes = 0;
};

void LogAccess(const AccessEntry& entry);

}  // namespace accordion::gateway
