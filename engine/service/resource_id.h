// Ids as the API spells them: decimal strings of positive 63-bit numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace accordion::service {

// nullopt for what we would never have written: signs, leading zeros, blanks, zero, more than 63
// bits.
std::optional<int64_t> ParseResourceId(absl::string_view text);
std::string FormatResourceId(int64_t id);

// For filters, where a wrong id selects nothing: an id that no resource has.
inline constexpr int64_t kNoResourceId = 0;
inline int64_t ResourceIdOrNone(absl::string_view text) {
  return ParseResourceId(text).value_or(kNoResourceId);
}

}  // namespace accordion::service
