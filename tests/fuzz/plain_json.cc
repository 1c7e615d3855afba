#include "tests/fuzz/plain_json.h"

#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "tests/fuzz/plain_form.h"

namespace accordion::fuzz {
namespace {

class Reader {
 public:
  Reader(const std::string& text, int max_depth, int max_values)
      : text_(text), max_depth_(max_depth), values_left_(max_values) {}

  std::optional<PlainJson> Document() {
    if (text_.rfind("\xef\xbb\xbf", 0) == 0) at_ = 3;  // RFC 8259, 8.1: may be ignored
    PlainJson value;
    if (!Value(0, &value)) return std::nullopt;
    Blanks();
    if (at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(const std::string& word) {
    if (text_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }
  void Blanks() {
    while (at_ < text_.size() && std::string(" \t\n\r").find(text_[at_]) != std::string::npos) {
      ++at_;
    }
  }

  bool Value(int depth, PlainJson* value) {
    Blanks();
    if (values_left_-- <= 0) return false;
    if (Take("null")) return true;
    for (const std::string word : {"true", "false"}) {
      if (Take(word)) {
        *value = {'b', word, {}};
        return true;
      }
    }
    if (Peek() == '"') {
      value->kind = 's';
      return String(&value->text);
    }
    if (Peek() == '[' || Peek() == '{') return depth < max_depth_ && Container(depth, value);
    return Number(value);
  }

  bool Container(int depth, PlainJson* value) {
    const bool is_object = Peek() == '{';
    const char close = is_object ? '}' : ']';
    value->kind = is_object ? 'o' : 'a';
    ++at_;
    Blanks();
    if (Peek() == close) return Take(std::string(1, close));
    while (true) {
      std::string key;
      if (is_object && !Key(*value, &key)) return false;
      PlainJson member;
      if (!Value(depth + 1, &member)) return false;
      value->members.push_back({key, std::move(member)});
      Blanks();
      if (Take(std::string(1, close))) return true;
      if (!Take(",")) return false;
    }
  }

  bool Key(const PlainJson& object, std::string* key) {
    Blanks();
    if (Peek() != '"' || !String(key)) return false;
    for (const auto& member : object.members) {
      if (member.name == *key) return false;
    }
    Blanks();
    return Take(":");
  }

  bool Digits() {
    const std::size_t begin = at_;
    while (Peek() >= '0' && Peek() <= '9') ++at_;
    return at_ > begin;
  }

  bool Number(PlainJson* value) {
    const std::size_t begin = at_;
    Take("-");
    const bool leading_zero = Peek() == '0';
    const std::size_t digits_begin = at_;
    if (!Digits() || (leading_zero && at_ - digits_begin > 1)) return false;
    bool is_integer = true;
    if (Take(".")) {
      is_integer = false;
      if (!Digits()) return false;
    }
    if (Peek() == 'e' || Peek() == 'E') {
      is_integer = false;
      ++at_;
      if (Peek() == '+' || Peek() == '-') ++at_;
      if (!Digits()) return false;
    }
    const std::string token = text_.substr(begin, at_ - begin);
    if (std::isinf(std::strtod(token.c_str(), nullptr))) return false;
    *value = {'r', token, {}};
    errno = 0;
    if (is_integer && token[0] == '-') {
      const long long number = std::strtoll(token.c_str(), nullptr, 10);
      if (errno == 0) *value = {'i', std::to_string(number), {}};
    } else if (is_integer) {
      const unsigned long long number = std::strtoull(token.c_str(), nullptr, 10);
      if (errno == 0) *value = {'i', std::to_string(number), {}};
    }
    return true;
  }

  // Four hexadecimal digits.
  bool Unit(std::uint32_t* unit) {
    *unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const std::size_t digit =
          std::string("0123456789abcdef")
              .find(Peek() >= 'A' && Peek() <= 'F' ? static_cast<char>(Peek() + 32) : Peek());
      if (digit == std::string::npos) return false;
      *unit = *unit * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  static void AppendUtf8(std::uint32_t code, std::string* out) {
    const auto add = [out](std::uint32_t byte) { *out += static_cast<char>(byte); };
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xc0 + code / 64), add(0x80 + code % 64);
    } else if (code < 0x10000) {
      add(0xe0 + code / 4096), add(0x80 + code / 64 % 64), add(0x80 + code % 64);
    } else {
      add(0xf0 + code / 262144), add(0x80 + code / 4096 % 64);
      add(0x80 + code / 64 % 64), add(0x80 + code % 64);
    }
  }

  bool Escape(std::string* out) {
    const char c = Peek();
    ++at_;
    const std::string plain = "\"\\/bfnrt";
    const std::string meant = "\"\\/\b\f\n\r\t";
    const std::size_t found = c == '\0' ? std::string::npos : plain.find(c);
    if (found != std::string::npos) {
      *out += meant[found];
      return true;
    }
    std::uint32_t unit = 0;
    if (c != 'u' || !Unit(&unit)) return false;
    if (unit >= 0xdc00 && unit <= 0xdfff) return false;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      std::uint32_t low = 0;
      if (!Take("\\u") || !Unit(&low) || low < 0xdc00 || low > 0xdfff) return false;
      unit = 0x10000 + (unit - 0xd800) * 1024 + (low - 0xdc00);
    }
    AppendUtf8(unit, out);
    return true;
  }

  bool String(std::string* out) {
    ++at_;  // the quote
    out->clear();
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return PlainIsUtf8(*out);
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        *out += c;
      } else if (!Escape(out)) {
        return false;
      }
    }
    return false;
  }

  const std::string& text_;
  const int max_depth_;
  int values_left_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<PlainJson> ReadPlainJson(const std::string& text, int max_depth, int max_values) {
  return Reader(text, max_depth, max_values).Document();
}

}  // namespace accordion::fuzz
