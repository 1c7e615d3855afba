// Launch markers: 128 random bits in lower-case base32, unique without asking anybody
// (reliability.md C3).
#pragma once

#include "base/random.h"
#include "engine/domain/types.h"

namespace accordion::control {

domain::IntentId NewMarker(base::Rng& rng);

}  // namespace accordion::control
