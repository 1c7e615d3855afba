// Readers of single values in their wire spelling. Pure functions; nullopt: not such a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::gateway {

// Decimal digits with an optional '-', nothing else.
std::optional<std::int64_t> ParseInteger(absl::string_view text);

// A finite decimal number.
std::optional<double> ParseReal(absl::string_view text);

// "true", "false" in any letter case (Python's SDKs send "True"), "1", "0".
std::optional<bool> ParseFlag(absl::string_view text);

// `YYYY-MM-DD hh:mm:ss` in `zone`. A local time that does not exist there is the first instant
// after the gap, one that exists twice is its first occurrence (semantics.md §6).
std::optional<absl::Time> ParseLocalTime(absl::string_view text, absl::TimeZone zone);
std::string FormatLocalTime(absl::Time time, absl::TimeZone zone);

// Number of code points; `text` must be UTF-8.
std::size_t CountCharacters(absl::string_view text);

// Whether every character of `text` (UTF-8) belongs to the named class of options.proto; the empty
// name is everything but control characters. An unknown name holds nothing.
bool InCharset(absl::string_view text, absl::string_view charset);

// The elements of one value with commas: `2,5`, with full-width commas, or a JSON array
// `["2","5"]`. nullopt for an empty element.
std::optional<std::vector<std::string>> SplitCommaList(absl::string_view text);

}  // namespace accordion::gateway
