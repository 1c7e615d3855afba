// The id that a user gets with every answer and that goes with the request everywhere.
#pragma once

#include <string>

#include "base/random.h"

namespace accordion::gateway {

// A random UUID (RFC 4122 version 4).
std::string NewRequestId(base::Rng& rng);

}  // namespace accordion::gateway
