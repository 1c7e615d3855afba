#include "api-gateway/document/indented_json.h"

namespace accordion::gateway {

std::string IndentedJson(absl::string_view compact) {
  std::string text;
  std::size_t depth = 0;
  const auto new_line = [&] { text.append("\n").append(2 * depth, ' '); };
  bool in_string = false;
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    const char next = i + 1 < compact.size() ? compact[i + 1] : '\0';
    if (in_string) {
      text.push_back(c);
      if (c == '\\') text.push_back(compact[++i]);
      if (c == '"') in_string = false;
    } else if ((c == '{' && next == '}') || (c == '[' && next == ']')) {
      text.append({c, next});
      ++i;
    } else if (c == '{' || c == '[') {
      text.push_back(c);
      ++depth;
      new_line();
    } else if (c == '}' || c == ']') {
      --depth;
      new_line();
      text.push_back(c);
    } else if (c == ',') {
      text.push_back(c);
      new_line();
    } else {
      in_string = c == '"';
      text.push_back(c);
      if (c == ':') text.push_back(' ');
    }
  }
  text.push_back('\n');
  return text;
}

}  // namespace accordion::gateway
