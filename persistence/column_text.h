// The text forms in which PostgreSQL takes and gives column values.
//
// Everything is exchanged as text: libpqxx 6 binds nothing else but bytea. Parsers throw
// std::invalid_argument for what PostgreSQL never writes; the wall (pg_status.h) turns that into
// kInternal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace accordion::persistence {

// timestamptz in a session with time zone UTC and ISO dates. Microseconds are kept exactly; what is
// finer is cut off toward the past. The infinities are PostgreSQL's.
std::string TimestampText(absl::Time time);
absl::Time ParseTimestamp(absl::string_view text);

std::string ByteaText(absl::string_view bytes);
std::string ParseBytea(absl::string_view text);

// One-dimensional arrays without NULLs.
std::string ArrayText(absl::Span<const std::string> elements);
std::string ArrayText(absl::Span<const int64_t> elements);
std::vector<std::string> ParseArray(absl::string_view text);

}  // namespace accordion::persistence
