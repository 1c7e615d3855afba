// Text encodings of bytes. Decoders are strict: what our encoders would not produce is refused,
// unless a comment says otherwise.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace accordion::base {

// Lower-case hexadecimal.
std::string HexEncode(absl::string_view bytes);
// Either case. nullopt: odd length or another character.
std::optional<std::string> HexDecode(absl::string_view text);

// RFC 4648 base32 in lower case without padding: fit for names that ignore case.
std::string Base32LowerEncode(absl::string_view bytes);

// RFC 4648 base64 with padding.
std::string Base64Encode(absl::string_view bytes);
// nullopt: blanks, missing padding, or bits after the end that aren't zero.
std::optional<std::string> Base64Decode(absl::string_view text);

// RFC 3986: all bytes but the unreserved (letters, digits, - . _ ~) become %XX in upper case.
std::string PercentEncode(absl::string_view bytes);

enum class Plus { kIsPlus, kIsBlank };
enum class TextCheck { kAnyBytes, kUtf8 };

// nullopt: a % without two hexadecimal digits, or not UTF-8 where asked for.
std::optional<std::string> PercentDecode(absl::string_view text, Plus plus = Plus::kIsPlus,
                                         TextCheck check = TextCheck::kAnyBytes);

using FormParameters = std::vector<std::pair<std::string, std::string>>;

// Decodes `a=1&b=%20x` (application/x-www-form-urlencoded, a query or a body) in the given order,
// repeats included; + is a blank. Empty pieces (`a=1&&b=2`) are skipped, as all servers do; a piece
// without = has an empty value. nullopt: as PercentDecode.
std::optional<FormParameters> FormDecode(absl::string_view text,
                                         TextCheck check = TextCheck::kUtf8);

// `a=1&b=%20x`, names and values percent-encoded, in the given order.
std::string FormEncode(const FormParameters& parameters);

}  // namespace accordion::base
