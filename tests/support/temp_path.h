// A path for a test's own file. ctest runs the cases of one executable as processes side by side,
// so a fixed name would be another case's, too.
#pragma once

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace accordion::testing {

// The same for the same name within a process.
inline std::string TempPath(absl::string_view name) {
  return absl::StrCat(::testing::TempDir(), "/accordion_", getpid(), "_", name);
}

}  // namespace accordion::testing
