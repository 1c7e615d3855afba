// The file that tells whoever started the engine where it listens: {"port": 7070, "admin_port":
// 7071}.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace accordion {

// Renamed into place, so that whoever waits for the file finds it whole.
absl::Status WritePortFile(const std::string& path, int port, int admin_port);

}  // namespace accordion
