// Ids that look like the cloud's, drawn from a seed.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"

namespace accordion::cloudsim {

// Not thread-safe. The same seed gives the same ids in the same order.
class IdSource {
 public:
  explicit IdSource(uint64_t seed) : rng_(seed) {}

  // A version-4 UUID, e.g. "7d3f8a10-9b1c-4f77-a2f0-0d5b6c1e2a93".
  std::string NewUuid();

 private:
  base::SeededRng rng_;
};

}  // namespace accordion::cloudsim
