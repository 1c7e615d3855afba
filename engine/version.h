// The version that the engine says it is.
#pragma once

namespace accordion {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace accordion
