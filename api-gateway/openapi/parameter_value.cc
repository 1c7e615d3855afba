#include "api-gateway/openapi/parameter_value.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "api-gateway/openapi/json_value.h"
#include "base/encoding.h"
#include "base/utf8.h"

namespace accordion::gateway {
namespace {

// Takes one code point off the front of `*text`, which must be UTF-8 and not empty.
std::int32_t TakeCodePoint(absl::string_view* text) {
  const std::size_t length = base::Utf8CharacterLength(*text);
  const auto lead = static_cast<unsigned char>(text->front());
  std::int32_t code_point = length == 1 ? lead : lead & (0x7f >> length);
  for (std::size_t i = 1; i < length; ++i) {
    code_point = (code_point << 6) | (static_cast<unsigned char>((*text)[i]) & 0x3f);
  }
  text->remove_prefix(length);
  return code_point;
}

bool IsControl(std::int32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

bool IsLetterOrDigit(std::int32_t c) {
  const bool ascii = c < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(c));
  const bool chinese = (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
                       (c >= 0x20000 && c <= 0x3ffff);
  return ascii || chinese;
}

bool IsOneOf(std::int32_t c, absl::string_view set) {
  while (!set.empty()) {
    if (TakeCodePoint(&set) == c) return true;
  }
  return false;
}

bool InClass(std::int32_t c, absl::string_view charset) {
  if (charset.empty() || charset == "name") return !IsControl(c);
  // semantics.md §13: the union of the two spellings in the reference.
  if (charset == "tag_key") return IsLetterOrDigit(c) || IsOneOf(c, "+-=._/@:");
  if (charset == "tag_value") return IsLetterOrDigit(c) || IsOneOf(c, "+-=._/@:()[]（）【】 ");
  return false;
}

// Two or four digits of `text` at `at`.
int Digits(absl::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (char c : text.substr(at, count)) value = value * 10 + (c - '0');
  return value;
}

std::optional<std::vector<std::string>> SplitJsonArray(absl::string_view text) {
  const absl::StatusOr<JsonValue> array = ParseJson(text);
  if (!array.ok() || array->kind != JsonValue::Kind::kArray) return std::nullopt;
  std::vector<std::string> elements;
  for (const auto& [name, element] : array->members) {
    const bool scalar =
        element.kind == JsonValue::Kind::kString || element.kind == JsonValue::Kind::kInteger;
    if (!scalar || element.text.empty()) return std::nullopt;
    elements.push_back(element.text);
  }
  return elements;
}

}  // namespace

std::optional<std::int64_t> ParseInteger(absl::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> ParseReal(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) && c != '-' && c != '.') {
      return std::nullopt;
    }
  }
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> ParseFlag(absl::string_view text) {
  if (text == "1" || absl::EqualsIgnoreCase(text, "true")) return true;
  if (text == "0" || absl::EqualsIgnoreCase(text, "false")) return false;
  return std::nullopt;
}

std::optional<absl::Time> ParseLocalTime(absl::string_view text, absl::TimeZone zone) {
  constexpr absl::string_view kShape = "dddd-dd-dd dd:dd:dd";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool fits = kShape[i] == 'd' ? absl::ascii_isdigit(static_cast<unsigned char>(text[i]))
                                       : text[i] == kShape[i];
    if (!fits) return std::nullopt;
  }
  const int month = Digits(text, 5, 2), day = Digits(text, 8, 2), hour = Digits(text, 11, 2),
            minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  const absl::CivilSecond civil(Digits(text, 0, 4), month, day, hour, minute, second);
  // CivilSecond carries over; a carried field was out of range.
  if (civil.month() != month || civil.day() != day || civil.hour() != hour ||
      civil.minute() != minute || civil.second() != second) {
    return std::nullopt;
  }
  const absl::TimeZone::TimeInfo info = zone.At(civil);
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

std::string FormatLocalTime(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%E4Y-%m-%d %H:%M:%S", time, zone);
}

std::size_t CountCharacters(absl::string_view text) {
  std::size_t count = 0;
  for (char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++count;
  }
  return count;
}

bool InCharset(absl::string_view text, absl::string_view charset) {
  if (!base::IsValidUtf8(text)) return false;
  while (!text.empty()) {
    if (!InClass(TakeCodePoint(&text), charset)) return false;
  }
  return true;
}

std::optional<std::vector<std::string>> SplitCommaList(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (absl::StartsWith(text, "[")) return SplitJsonArray(text);
  std::vector<std::string> elements;
  const std::string ascii = absl::StrReplaceAll(text, {{"，", ","}});
  for (absl::string_view piece : absl::StrSplit(ascii, ',')) {
    piece = absl::StripAsciiWhitespace(piece);
    if (piece.empty()) return std::nullopt;
    elements.emplace_back(piece);
  }
  return elements;
}

}  // namespace accordion::gateway
