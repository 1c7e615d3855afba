// How a field of a message is spelled on the wire when its option does not say.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace accordion::gateway {

// `min_size` -> `MinSize`.
std::string UpperCamelCase(absl::string_view field_name);

// `MinSize` -> `minSize`: the spelling of keys inside a JSON parameter.
std::string LowerFirst(absl::string_view name);

}  // namespace accordion::gateway
