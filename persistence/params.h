// The values bound to a statement, in order.
//
//   Params params(group.account_id, group.id, absl::InfinitePast(), group.subnet_ids);
//
// Null: an empty std::optional. Enumerations become their column words, structured values JSON,
// durations microseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/types.h"
#include "persistence/enum_columns.h"
#include "persistence/json_columns.h"

namespace accordion::persistence {

// Raw bytes for (or from) a bytea column.
struct Bytes {
  std::string value;
};

class Params {
 public:
  template <typename... Values>
  explicit Params(const Values&... values) {
    Add(values...);
  }

  template <typename... Values>
  void Add(const Values&... values) {
    (AddOne(values), ...);
  }

  // One a parameter; null for SQL's NULL. Points into this object.
  std::vector<const char*> pointers() const;

 private:
  // Throws std::invalid_argument for a NUL, which would end the value early.
  void AddOne(absl::string_view text);
  void AddOne(const std::string& text) { AddOne(absl::string_view(text)); }
  void AddOne(const char* text) { AddOne(absl::string_view(text)); }
  void AddOne(bool value) { values_.emplace_back(value ? "t" : "f"); }
  void AddOne(int value) { AddOne(int64_t{value}); }
  void AddOne(int64_t value);
  void AddOne(double value);
  void AddOne(absl::Time time);
  void AddOne(absl::Duration duration) { AddOne(absl::ToInt64Microseconds(duration)); }
  void AddOne(const Bytes& bytes);
  void AddOne(absl::Span<const std::string> elements);
  void AddOne(const std::vector<std::string>& elements) { AddOne(absl::MakeConstSpan(elements)); }
  void AddOne(absl::Span<const int64_t> elements);
  void AddOne(const std::vector<int64_t>& elements) { AddOne(absl::MakeConstSpan(elements)); }
  void AddOne(absl::Span<const int> elements) {
    AddOne(std::vector<int64_t>(elements.begin(), elements.end()));
  }
  void AddOne(const std::vector<int>& elements) { AddOne(absl::MakeConstSpan(elements)); }

  template <typename Tag, typename Rep>
  void AddOne(const domain::StrongId<Tag, Rep>& id) {
    AddOne(id.value());
  }
  template <typename Tag, typename Rep>
  void AddOne(absl::Span<const domain::StrongId<Tag, Rep>> ids) {
    std::vector<Rep> elements;
    elements.reserve(ids.size());
    for (const auto& id : ids) elements.push_back(id.value());
    AddOne(elements);
  }
  template <typename Tag, typename Rep>
  void AddOne(const std::vector<domain::StrongId<Tag, Rep>>& ids) {
    AddOne(absl::MakeConstSpan(ids));
  }
  template <typename T>
  void AddOne(const std::optional<T>& value) {
    if (value.has_value()) {
      AddOne(*value);
    } else {
      values_.emplace_back(std::nullopt);
    }
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void AddOne(Enum value) { values_.emplace_back(WordOf(value)); }
  template <typename T>
  requires requires(const T& value) { JsonText(value); }
  void AddOne(const T& value) { values_.emplace_back(JsonText(value)); }

  std::vector<std::optional<std::string>> values_;
};

}  // namespace accordion::persistence
