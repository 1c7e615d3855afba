// Reads a row's columns from left to right, the counterpart of Params:
//
//   RowReader row(result[0]);
//   row.Read(group.account_id, group.id, group.cooldown_until, group.subnet_ids);
//
// Throws std::exception where a column doesn't hold what its variable can.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/domain/types.h"
#include "persistence/enum_columns.h"
#include "persistence/json_columns.h"
#include "persistence/params.h"

namespace pqxx {
class row;
}  // namespace pqxx

namespace accordion::persistence {

class RowReader {
 public:
  // `row` must outlive the reader.
  explicit RowReader(const pqxx::row& row) : row_(row) {}

  template <typename... Values>
  void Read(Values&... values) {
    (ReadOne(values), ...);
  }

 private:
  // The next column's text; null pointer for NULL.
  const char* Next();
  // Throws for NULL.
  absl::string_view NextText();

  void ReadOne(std::string& text) { text = std::string(NextText()); }
  void ReadOne(bool& value) { value = NextText() == "t"; }
  void ReadOne(int& value);
  void ReadOne(int64_t& value);
  void ReadOne(double& value);
  void ReadOne(absl::Time& time);
  void ReadOne(absl::Duration& duration);
  void ReadOne(Bytes& bytes);
  void ReadOne(std::vector<std::string>& elements);
  void ReadOne(std::vector<int>& elements);

  template <typename Tag, typename Rep>
  void ReadOne(domain::StrongId<Tag, Rep>& id) {
    Rep value{};
    ReadOne(value);
    id = domain::StrongId<Tag, Rep>(std::move(value));
  }
  template <typename Tag>
  void ReadOne(std::vector<domain::StrongId<Tag, std::string>>& ids) {
    std::vector<std::string> elements;
    ReadOne(elements);
    ids.clear();
    for (std::string& element : elements) ids.emplace_back(std::move(element));
  }
  template <typename T>
  void ReadOne(std::optional<T>& value) {
    if (Next() == nullptr) {
      value.reset();
      return;
    }
    --column_;
    ReadOne(value.emplace());
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void ReadOne(Enum& value) { value = EnumOf<Enum>(NextText()); }
  template <typename T>
  requires requires(T& value) { ParseJson(absl::string_view(), value); }
  void ReadOne(T& value) { ParseJson(NextText(), value); }

  const pqxx::row& row_;
  int column_ = 0;
};

// Reads the first row of a pqxx::result. (Templates, so that this header needs no pqxx.)
template <typename Result, typename... Values>
void ReadFirst(const Result& result, Values&... values) {
  const auto row = result[0];
  RowReader(row).Read(values...);
}

// Reads every row by `read(RowReader&)`.
template <typename Result, typename Read>
auto ReadAll(const Result& result, Read read) {
  std::vector<decltype(read(std::declval<RowReader&>()))> rows;
  rows.reserve(result.size());
  for (const auto& row : result) {
    RowReader reader(row);
    rows.push_back(read(reader));
  }
  return rows;
}

}  // namespace accordion::persistence
