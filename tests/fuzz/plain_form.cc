#include "tests/fuzz/plain_form.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "api-gateway/limits.h"

namespace accordion::fuzz {
namespace {

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Blanks and %XX undone; nullopt for junk behind %.
std::optional<std::string> Unescape(const std::string& text) {
  std::string out;
  std::size_t i = 0;
  while (i < text.size()) {
    if (text[i] == '%') {
      if (text.size() - i < 3 || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) return std::nullopt;
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 3;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
      i += 1;
    }
  }
  return out;
}

}  // namespace

bool PlainIsUtf8(const std::string& text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::uint32_t code = lead;
    std::size_t more = 0;
    if (lead >= 0xf0 && lead < 0xf8) {
      more = 3;
      code = lead & 0x07;
    } else if (lead >= 0xe0 && lead < 0xf0) {
      more = 2;
      code = lead & 0x0f;
    } else if (lead >= 0xc0 && lead < 0xe0) {
      more = 1;
      code = lead & 0x1f;
    } else if (lead >= 0x80) {
      return false;
    }
    if (text.size() - i <= more) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next < 0x80 || next > 0xbf) return false;
      code = code * 64 + (next - 0x80);
    }
    static constexpr std::uint32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
    if (code < kSmallest[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

std::optional<PlainParameters> PlainFormDecode(const std::string& text) {
  PlainParameters parameters;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('&', begin), text.size());
    const std::string piece = text.substr(begin, end - begin);
    begin = end + 1;
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const auto name = Unescape(piece.substr(0, equals));
    const auto value = Unescape(equals < piece.size() ? piece.substr(equals + 1) : "");
    if (!name || !value || name->empty()) return std::nullopt;
    for (const std::string& part : {*name, *value}) {
      if (part.find('\0') != std::string::npos || !PlainIsUtf8(part)) return std::nullopt;
    }
    if (name->size() > gateway::limits::kMaxParameterNameBytes ||
        value->size() > gateway::limits::kMaxParameterValueBytes) {
      return std::nullopt;
    }
    parameters.emplace_back(*name, *value);
  }
  return parameters;
}

std::optional<PlainParameters> PlainRequestDecode(const std::string& query,
                                                  const std::string& form) {
  const auto of_query = PlainFormDecode(query);
  const auto of_form = PlainFormDecode(form);
  if (!of_query || !of_form) return std::nullopt;
  if (of_query->size() + of_form->size() > gateway::limits::kMaxParameters) return std::nullopt;
  PlainParameters each_once;
  std::map<std::string, std::string> seen;
  for (const PlainParameters* part : {&*of_query, &*of_form}) {
    for (const auto& [name, value] : *part) {
      const auto [at, is_new] = seen.emplace(name, value);
      if (is_new) each_once.emplace_back(name, value);
      if (at->second != value) return std::nullopt;
    }
  }
  return each_once;
}

std::string PlainPercentEncode(const std::string& bytes, bool keep_slash) {
  const std::string kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  const std::string digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    if (kept.find(c) != std::string::npos || (keep_slash && c == '/')) {
      out += c;
    } else {
      const int byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[static_cast<std::size_t>(byte / 16)];
      out += digits[static_cast<std::size_t>(byte % 16)];
    }
  }
  return out;
}

std::string PlainCanonicalQuery(const PlainParameters& parameters, const std::string& left_out) {
  // The map sorts the names; the values of one name are sorted on their own.
  std::map<std::string, std::vector<std::string>> by_name;
  for (const auto& [name, value] : parameters) {
    if (!left_out.empty() && name == left_out) continue;
    by_name[PlainPercentEncode(name)].push_back(PlainPercentEncode(value));
  }
  std::string out;
  for (auto& [name, values] : by_name) {
    std::sort(values.begin(), values.end());
    for (const std::string& value : values) {
      if (!out.empty()) out += '&';
      out.append(name).append("=").append(value);
    }
  }
  return out;
}

}  // namespace accordion::fuzz
