#include "engine/service/resource_id.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace accordion::service {

std::optional<int64_t> ParseResourceId(absl::string_view text) {
  int64_t id = 0;
  if (!absl::SimpleAtoi(text, &id) || id <= 0 || FormatResourceId(id) != text) return std::nullopt;
  return id;
}

std::string FormatResourceId(int64_t id) { return absl::StrCat(id); }

}  // namespace accordion::service
