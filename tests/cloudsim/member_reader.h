// Reads the members of a JSON object into fields.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/cloudsim/json.h"

namespace accordion::cloudsim {

// Strict: a member of the wrong kind and a member that nobody asked for are errors; the first error
// sticks. An absent member leaves its field alone. The object outlives the reader. Example:
//   RETURN_IF_ERROR(MemberReader(json, "subnet").Text("id", subnet.id).Finish());
class MemberReader {
 public:
  MemberReader(const Json& object, absl::string_view where) : object_(object), where_(where) {
    if (!object.is_object()) status_ = Wrong(where, "must be an object");
  }

  MemberReader& Text(const char* name, std::string& field) {
    return Read(name, [&](const Json& value) { return Assign(value.AsString(), field); });
  }
  template <typename Integer>
  MemberReader& Int(const char* name, Integer& field) {
    return Read(name, [&](const Json& value) {
      const std::optional<int64_t> number = value.AsInt();
      if (!number || *number < std::numeric_limits<Integer>::min() ||
          *number > std::numeric_limits<Integer>::max()) {
        return false;
      }
      field = static_cast<Integer>(*number);
      return true;
    });
  }
  MemberReader& Flag(const char* name, bool& field) {
    return Read(name, [&](const Json& value) { return Assign(value.AsBool(), field); });
  }
  MemberReader& Number(const char* name, double& field) {
    return Read(name, [&](const Json& value) { return Assign(value.AsDouble(), field); });
  }
  MemberReader& Milliseconds(const char* name, absl::Duration& field) {
    return Read(name, [&](const Json& value) {
      const std::optional<int64_t> number = value.AsInt();
      if (!number || *number < 0) return false;
      field = absl::Milliseconds(*number);
      return true;
    });
  }
  // Every item of the array through `read`, a function from Json to StatusOr<T>.
  template <typename T, typename ReadItem>
  MemberReader& List(const char* name, std::vector<T>& field, ReadItem read) {
    return Read(name, [&](const Json& value) {
      if (!value.is_array()) return false;
      field.clear();
      for (const Json& item : value.items()) {
        absl::StatusOr<T> read_item = read(item);
        if (!read_item.ok()) {
          status_ = read_item.status();
          return true;
        }
        field.push_back(*std::move(read_item));
      }
      return true;
    });
  }
  MemberReader& Counts(const char* name, std::map<std::string, int>& field) {
    return Read(name, [&](const Json& value) {
      if (!value.is_object()) return false;
      field.clear();
      for (const auto& [key, count] : value.members()) {
        const std::optional<int64_t> number = count.AsInt();
        if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) return false;
        field[key] = static_cast<int>(*number);
      }
      return true;
    });
  }

  // The status after the last field.
  absl::Status Finish() const {
    if (!status_.ok()) return status_;
    for (const auto& [name, value] : object_.members()) {
      if (known_.count(name) == 0) return Wrong(absl::StrCat(where_, ".", name), "is not known");
    }
    return absl::OkStatus();
  }

 private:
  static absl::Status Wrong(absl::string_view name, absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' ", why));
  }
  template <typename T>
  static bool Assign(std::optional<T> value, T& field) {
    if (!value) return false;
    field = *std::move(value);
    return true;
  }
  template <typename Function>
  MemberReader& Read(const char* name, Function read) {
    known_.insert(name);
    const Json* value = object_.Find(name);
    if (status_.ok() && value != nullptr && !read(*value)) {
      status_ = Wrong(absl::StrCat(where_, ".", name), "has a wrong value");
    }
    return *this;
  }

  const Json& object_;
  std::string where_;
  std::set<std::string> known_;
  absl::Status status_;
};

}  // namespace accordion::cloudsim
