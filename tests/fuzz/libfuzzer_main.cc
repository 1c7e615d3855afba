// libFuzzer's entry points. The target's name comes from the environment, because libFuzzer starts
// itself again with its own arguments when it minimises a corpus or a finding.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

constexpr char kVariable[] = "ACCORDION_FUZZ_TARGET";

const Target& ChosenTarget() {
  const char* wanted = std::getenv(kVariable);
  for (const Target& target : kTargets) {
    if (wanted != nullptr && target.name == wanted) return target;
  }
  std::fprintf(stderr, "%s must name a target:\n", kVariable);
  for (const Target& target : kTargets) {
    std::fprintf(stderr, "  %.*s\n", static_cast<int>(target.name.size()), target.name.data());
  }
  std::exit(2);
}

}  // namespace
}  // namespace accordion::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const accordion::fuzz::Target& target = accordion::fuzz::ChosenTarget();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
