// SQL statements as constants: a name to prepare them under and their text, put together at compile
// time.
//
//   constexpr SqlText kColumns("id, name");
//   constexpr Statement kGet("thing_get", SqlText("SELECT ") + kColumns + SqlText(" FROM thing
//   WHERE id = $1"));
//
// There is no way to make a statement from run-time text, so values can only be bound.
#pragma once

#include <array>
#include <cstddef>

namespace accordion::persistence {

template <size_t N>  // characters with the final NUL
class SqlText {
 public:
  consteval SqlText(
      const char (&text)[N]) {  // NOLINT(google-explicit-constructor): a literal is one
    for (size_t i = 0; i < N; ++i) chars_[i] = text[i];
  }
  consteval explicit SqlText(const std::array<char, N>& chars) : chars_(chars) {}

  constexpr const char* c_str() const { return chars_.data(); }
  constexpr char operator[](size_t i) const { return chars_[i]; }

 private:
  std::array<char, N> chars_{};
};

template <size_t A, size_t B>
consteval SqlText<A + B - 1> operator+(const SqlText<A>& a, const SqlText<B>& b) {
  std::array<char, A + B - 1> chars{};
  for (size_t i = 0; i + 1 < A; ++i) chars[i] = a[i];
  for (size_t i = 0; i < B; ++i) chars[A - 1 + i] = b[i];
  return SqlText<A + B - 1>(chars);
}

// "$1, $2, ... $count", for up to 99 parameters.
template <size_t count>
consteval auto Placeholders() {
  static_assert(count >= 1 && count <= 99);
  // Four characters each ("$n, "), a fifth from the tenth on; the last has a NUL for its separator.
  constexpr size_t kTwoDigits = count > 9 ? count - 9 : 0;
  std::array<char, 4 * count + kTwoDigits - 1> chars{};
  size_t at = 0;
  for (size_t i = 1; i <= count; ++i) {
    chars[at++] = '$';
    if (i > 9) chars[at++] = static_cast<char>('0' + i / 10);
    chars[at++] = static_cast<char>('0' + i % 10);
    if (i == count) break;
    chars[at++] = ',';
    chars[at++] = ' ';
  }
  return SqlText<4 * count + kTwoDigits - 1>(chars);
}

template <size_t N>
struct Statement {
  consteval Statement(const char* statement_name, const SqlText<N>& text)
      : name(statement_name), sql(text) {}
  consteval Statement(const char* statement_name, const char (&text)[N])
      : name(statement_name), sql(text) {}

  const char* name;  // unique in the program: connections prepare under it
  SqlText<N> sql;
};

// A statement whatever its length. Statements are constants, so the pointers stay good.
class StatementRef {
 public:
  template <size_t N>
  StatementRef(
      const Statement<N>& statement)  // NOLINT(google-explicit-constructor): a parameter type
      : name_(statement.name), sql_(statement.sql.c_str()) {}

  const char* name() const { return name_; }
  const char* sql() const { return sql_; }

 private:
  const char* name_;
  const char* sql_;
};

}  // namespace accordion::persistence
