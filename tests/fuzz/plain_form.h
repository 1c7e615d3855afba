// A second reading of query strings and form bodies, for comparison with the product's.
//
// Written from RFC 3986 and the reference, byte by byte, with the standard library only: nothing of
// the code under test, and nothing clever.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace accordion::fuzz {

using PlainParameters = std::vector<std::pair<std::string, std::string>>;

// The parameters of `text`, repeats included. nullopt: what the API refuses (junk behind %, bytes
// that are not UTF-8, NUL, an empty or long name, a long value).
std::optional<PlainParameters> PlainFormDecode(const std::string& text);

// Each parameter once, query first. nullopt: refused, or a name with two values.
std::optional<PlainParameters> PlainRequestDecode(const std::string& query,
                                                  const std::string& form);

// Letters, digits and -._~ as they are, any other byte as %XX; with `keep_slash` the slash too.
std::string PlainPercentEncode(const std::string& bytes, bool keep_slash = false);

// `name=value` of all parameters but those named `left_out`, encoded, sorted, joined by &.
std::string PlainCanonicalQuery(const PlainParameters& parameters,
                                const std::string& left_out = "");

bool PlainIsUtf8(const std::string& text);

}  // namespace accordion::fuzz
