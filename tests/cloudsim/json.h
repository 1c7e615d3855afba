// A JSON document as a small tree, so that one translation unit alone pays for the JSON library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace accordion::cloudsim {

// A value type. Objects keep the order of their members. Example:
//   Json answer = Json::Object({{"RequestId", id}, {"Return", true}});
//   answer.Set("Marker", 0);
class Json {
 public:
  using Member = std::pair<std::string, Json>;

  Json() = default;  // null
  // Implicit, so that literals read as JSON.
  Json(bool value) : value_(value) {}                      // NOLINT(google-explicit-constructor)
  Json(int value) : value_(int64_t{value}) {}              // NOLINT(google-explicit-constructor)
  Json(int64_t value) : value_(value) {}                   // NOLINT(google-explicit-constructor)
  Json(double value) : value_(value) {}                    // NOLINT(google-explicit-constructor)
  Json(const char* value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Json(std::string value) : value_(std::move(value)) {}    // NOLINT(google-explicit-constructor)
  Json(absl::string_view value)
      : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)

  static Json Object(std::initializer_list<Member> members = {});
  static Json Array(std::vector<Json> items = {});

  bool is_object() const { return std::holds_alternative<std::vector<Member>>(value_); }
  bool is_array() const { return std::holds_alternative<std::vector<Json>>(value_); }
  // Nullopt when the value is of another kind. An integer reads as a double, too.
  std::optional<bool> AsBool() const;
  std::optional<int64_t> AsInt() const;
  std::optional<double> AsDouble() const;
  std::optional<std::string> AsString() const;
  // Empty when it is no array / no object.
  const std::vector<Json>& items() const;
  const std::vector<Member>& members() const;
  // The member of an object; null when there is none.
  const Json* Find(absl::string_view name) const;

  // The value is an object.
  void Set(absl::string_view name, Json value);
  // The value is an array.
  void Push(Json value);

 private:
  std::variant<std::nullptr_t, bool, int64_t, double, std::string, std::vector<Json>,
               std::vector<Member>>
      value_ = nullptr;

  friend std::string ToText(const Json& json);
};

// Compact, UTF-8; bytes that are no UTF-8 become U+FFFD.
std::string ToText(const Json& json);
// InvalidArgument for anything that isn't one JSON document.
absl::StatusOr<Json> ParseJson(absl::string_view text);

}  // namespace accordion::cloudsim
