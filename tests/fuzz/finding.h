// How a target reports that a property doesn't hold.
#pragma once

#include "absl/strings/string_view.h"

namespace accordion::fuzz {

// Prints what went wrong and aborts, which is what libFuzzer takes for a finding.
[[noreturn]] void Report(absl::string_view property, absl::string_view detail);

// `detail` is the evidence: printed with bytes that aren't printable escaped.
inline void Expect(bool holds, absl::string_view property, absl::string_view detail = "") {
  if (!holds) Report(property, detail);
}

}  // namespace accordion::fuzz
