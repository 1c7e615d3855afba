#include "api-gateway/document/api_description.h"

#include "absl/strings/ascii.h"

namespace accordion::gateway {

std::string TitleOf(const Route& route) {
  std::string title;
  for (char c : route.action) {
    const auto letter = static_cast<unsigned char>(c);
    if (!title.empty() && absl::ascii_isupper(letter)) {
      title.push_back(' ');
      title.push_back(absl::ascii_tolower(letter));
    } else {
      title.push_back(c);
    }
  }
  return title;
}

}  // namespace accordion::gateway
