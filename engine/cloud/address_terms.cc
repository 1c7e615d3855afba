#include "engine/cloud/address_terms.h"

#include "absl/strings/str_cat.h"

namespace accordion::cloud {

absl::StatusOr<std::map<std::string, std::string>> ParsePairs(absl::Span<const std::string> lines) {
  std::map<std::string, std::string> pairs;
  for (const std::string& line : lines) {
    const size_t sign = line.find('=');
    if (sign == 0 || sign == std::string::npos || sign + 1 == line.size())
      return absl::InvalidArgumentError(absl::StrCat("'", line, "' is no NAME=VALUE"));
    if (!pairs.emplace(line.substr(0, sign), line.substr(sign + 1)).second)
      return absl::InvalidArgumentError(absl::StrCat("'", line.substr(0, sign), "' comes twice"));
  }
  return pairs;
}

}  // namespace accordion::cloud
