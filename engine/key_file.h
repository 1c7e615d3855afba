// The key that seals secrets at rest: 32 random bytes in a file that only the engine's user may
// read.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace accordion {

// kAlreadyExists if the file is there: a lost key makes every sealed secret unreadable, so none is
// ever replaced.
absl::Status CreateKeyFile(const std::string& path);

}  // namespace accordion
