#include "tests/fuzz/finding.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace accordion::fuzz {

void Report(absl::string_view property, absl::string_view detail) {
  const std::string text =
      absl::StrCat("FINDING: not so: ", property, "\n  ", absl::CEscape(detail), "\n");
  std::fputs(text.c_str(), stderr);
  std::abort();
}

}  // namespace accordion::fuzz
