// Text inside HTML.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace accordion::gateway {

// With & < > " ' as references: safe as content and as an attribute's value.
std::string HtmlEscape(absl::string_view text);

// A whole page. `title` is plain text, `body` HTML. Light or dark as the reader's system says.
std::string HtmlPage(absl::string_view title, absl::string_view body);

// A table that scrolls by itself on a narrow screen; cells are HTML.
std::string HtmlTable(const std::vector<std::string>& heads,
                      const std::vector<std::vector<std::string>>& rows);

// A block of code.
std::string HtmlCodeBlock(absl::string_view text);
std::string HtmlCode(absl::string_view text);

}  // namespace accordion::gateway
