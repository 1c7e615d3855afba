#include "base/encoding.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "base/utf8.h"

namespace accordion::base {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

}  // namespace

std::string HexEncode(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

std::optional<std::string> HexDecode(absl::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string Base32LowerEncode(absl::string_view bytes) {
  static constexpr char kDigits[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  uint32_t pending = 0;  // the low `pending_bits` bits are not yet written
  int pending_bits = 0;
  for (const char byte : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(byte);
    pending_bits += 8;
    while (pending_bits >= 5) {
      pending_bits -= 5;
      text.push_back(kDigits[pending >> pending_bits & 31]);
    }
  }
  if (pending_bits > 0) text.push_back(kDigits[pending << (5 - pending_bits) & 31]);
  return text;
}

std::string Base64Encode(absl::string_view bytes) { return absl::Base64Escape(bytes); }

std::optional<std::string> Base64Decode(absl::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes)) return std::nullopt;
  // Abseil also takes blanks, no padding and stray last bits; only the canonical form encodes back
  // to itself.
  if (absl::Base64Escape(bytes) != text) return std::nullopt;
  return bytes;
}

std::string PercentEncode(absl::string_view bytes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 4);
  for (const char c : bytes) {
    if (IsUnreserved(c)) {
      text.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text.push_back('%');
      text.push_back(kDigits[byte >> 4]);
      text.push_back(kDigits[byte & 15]);
    }
  }
  return text;
}

std::optional<std::string> PercentDecode(absl::string_view text, Plus plus, TextCheck check) {
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::kIsBlank) {
      bytes.push_back(' ');
    } else if (text[i] != '%') {
      bytes.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      bytes.push_back(static_cast<char>(high << 4 | low));
      i += 2;
    }
  }
  if (check == TextCheck::kUtf8 && !IsValidUtf8(bytes)) return std::nullopt;
  return bytes;
}

std::optional<FormParameters> FormDecode(absl::string_view text, TextCheck check) {
  FormParameters parameters;
  for (const absl::string_view piece : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> raw =
        absl::StrSplit(piece, absl::MaxSplits('=', 1));
    std::optional<std::string> name = PercentDecode(raw.first, Plus::kIsBlank, check);
    std::optional<std::string> value = PercentDecode(raw.second, Plus::kIsBlank, check);
    if (!name || !value) return std::nullopt;
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

std::string FormEncode(const FormParameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text.push_back('&');
    text += PercentEncode(name);
    text.push_back('=');
    text += PercentEncode(value);
  }
  return text;
}

}  // namespace accordion::base
