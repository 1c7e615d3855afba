#include "tests/cloudsim/region/id_source.h"

#include "absl/strings/str_format.h"

namespace accordion::cloudsim {

std::string IdSource::NewUuid() {
  const uint64_t high = rng_.Next();
  const uint64_t low = rng_.Next();
  return absl::StrFormat("%08x-%04x-4%03x-%04x-%012x", high >> 32, (high >> 16) & 0xffff,
                         high & 0xfff, 0x8000 | ((low >> 48) & 0x3fff), low & 0xffffffffffff);
}

}  // namespace accordion::cloudsim
