#include "persistence/column_text.h"

#include <stdexcept>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace accordion::persistence {

namespace {

constexpr char kTimestampFormat[] = "%Y-%m-%d %H:%M:%E*S+00";

[[noreturn]] void ThrowUnreadable(const char* what, absl::string_view text) {
  throw std::invalid_argument(absl::StrCat("unreadable ", what, ": ", text.substr(0, 40)));
}

}  // namespace

std::string TimestampText(absl::Time time) {
  if (time == absl::InfiniteFuture()) return "infinity";
  if (time == absl::InfinitePast()) return "-infinity";
  return absl::FormatTime("%Y-%m-%d %H:%M:%E6S+00", time, absl::UTCTimeZone());
}

absl::Time ParseTimestamp(absl::string_view text) {
  if (text == "infinity") return absl::InfiniteFuture();
  if (text == "-infinity") return absl::InfinitePast();
  absl::Time time;
  if (!absl::ParseTime(kTimestampFormat, text, absl::UTCTimeZone(), &time, nullptr)) {
    ThrowUnreadable("timestamp", text);
  }
  return time;
}

std::string ByteaText(absl::string_view bytes) {
  return absl::StrCat("\\x", absl::BytesToHexString(bytes));
}

std::string ParseBytea(absl::string_view text) {
  if (!absl::StartsWith(text, "\\x") || text.size() % 2 != 0) ThrowUnreadable("bytea", text);
  return absl::HexStringToBytes(text.substr(2));
}

std::string ArrayText(absl::Span<const std::string> elements) {
  return absl::StrCat("{",
                      absl::StrJoin(elements, ",",
                                    [](std::string* out, const std::string& element) {
                                      out->push_back('"');
                                      for (const char c : element) {
                                        if (c == '"' || c == '\\') out->push_back('\\');
                                        out->push_back(c);
                                      }
                                      out->push_back('"');
                                    }),
                      "}");
}

std::string ArrayText(absl::Span<const int64_t> elements) {
  return absl::StrCat("{", absl::StrJoin(elements, ","), "}");
}

std::vector<std::string> ParseArray(absl::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') ThrowUnreadable("array", text);
  std::vector<std::string> elements;
  const absl::string_view body = text.substr(1, text.size() - 2);
  size_t at = 0;
  while (at < body.size()) {
    std::string element;
    const bool quoted = body[at] == '"';
    if (quoted) ++at;
    while (at < body.size() && body[at] != (quoted ? '"' : ',')) {
      if (body[at] == '\\' && at + 1 < body.size()) ++at;
      element.push_back(body[at++]);
    }
    if (quoted) ++at;  // the closing quote
    elements.push_back(std::move(element));
    if (at < body.size() && body[at++] != ',') ThrowUnreadable("array", text);
  }
  return elements;
}

}  // namespace accordion::persistence
