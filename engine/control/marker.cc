#include "engine/control/marker.h"

#include <string>

#include "base/encoding.h"

namespace accordion::control {

domain::IntentId NewMarker(base::Rng& rng) {
  std::string bytes;
  for (int word = 0; word < 2; ++word) {
    const uint64_t bits = rng.Next();
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(bits >> shift));
  }
  return domain::IntentId(base::Base32LowerEncode(bytes));
}

}  // namespace accordion::control
