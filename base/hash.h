// SHA-256 and HMAC-SHA256 by OpenSSL, with the algorithms fetched once per process (a fetch per
// call costs more than hashing a small message). Thread-safe. Aborts if OpenSSL has no SHA-256:
// nothing here could be verified then.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace accordion::base {

// 32 raw bytes.
std::string Sha256(absl::string_view data);
std::string HmacSha256(absl::string_view key, absl::string_view data);

// 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view data);

// For signatures and tokens: the time depends on the lengths only.
bool ConstantTimeEquals(absl::string_view a, absl::string_view b);

}  // namespace accordion::base
