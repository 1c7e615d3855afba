#include "api-gateway/request_id.h"

#include <cstdint>

#include "absl/strings/str_format.h"

namespace accordion::gateway {

std::string NewRequestId(base::Rng& rng) {
  const std::uint64_t high = (rng.Next() & ~0xf000ull) | 0x4000ull;       // version 4
  const std::uint64_t low = (rng.Next() & ~(3ull << 62)) | (2ull << 62);  // RFC 4122 variant
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, (high >> 16) & 0xffff,
                         high & 0xffff, low >> 48, low & 0xffffffffffffull);
}

}  // namespace accordion::gateway
