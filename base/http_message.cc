#include "base/http_message.h"

#include "absl/strings/match.h"

namespace accordion::base {

void HttpHeaders::Add(absl::string_view name, absl::string_view value) {
  fields_.emplace_back(name, value);
}

void HttpHeaders::Set(absl::string_view name, absl::string_view value) {
  std::erase_if(fields_,
                [&](const Field& field) { return absl::EqualsIgnoreCase(field.first, name); });
  Add(name, value);
}

std::optional<absl::string_view> HttpHeaders::Find(absl::string_view name) const {
  for (const Field& field : fields_) {
    if (absl::EqualsIgnoreCase(field.first, name)) return field.second;
  }
  return std::nullopt;
}

int HttpHeaders::Count(absl::string_view name) const {
  int count = 0;
  for (const Field& field : fields_) {
    if (absl::EqualsIgnoreCase(field.first, name)) ++count;
  }
  return count;
}

std::vector<absl::string_view> HttpHeaders::FindAll(absl::string_view name) const {
  std::vector<absl::string_view> values;
  for (const Field& field : fields_) {
    if (absl::EqualsIgnoreCase(field.first, name)) values.push_back(field.second);
  }
  return values;
}

}  // namespace accordion::base
