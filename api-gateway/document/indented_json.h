// JSON text for human eyes and line-by-line comparison.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace accordion::gateway {

// `compact`: well-formed JSON without blanks between tokens (as JsonSink writes it).
std::string IndentedJson(absl::string_view compact);

}  // namespace accordion::gateway
