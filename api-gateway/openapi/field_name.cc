#include "api-gateway/openapi/field_name.h"

#include "absl/strings/ascii.h"

namespace accordion::gateway {

std::string UpperCamelCase(absl::string_view field_name) {
  std::string name;
  bool word_start = true;
  for (char c : field_name) {
    if (c == '_') {
      word_start = true;
      continue;
    }
    name.push_back(word_start ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c);
    word_start = false;
  }
  return name;
}

std::string LowerFirst(absl::string_view name) {
  std::string lowered(name);
  if (!lowered.empty()) lowered[0] = absl::ascii_tolower(static_cast<unsigned char>(lowered[0]));
  return lowered;
}

}  // namespace accordion::gateway
