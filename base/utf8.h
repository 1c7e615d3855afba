// Validity of UTF-8, for text that comes from the network.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace accordion::base {

// The number of bytes of the character at the start of `text`, 1 to 4; 0 if it isn't well-formed
// (Unicode table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF) or text is empty.
size_t Utf8CharacterLength(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

}  // namespace accordion::base
