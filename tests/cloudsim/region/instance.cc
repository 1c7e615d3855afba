#include "tests/cloudsim/region/instance.h"

namespace accordion::cloudsim {

absl::string_view InstanceStateName(InstanceState state) {
  switch (state) {
    case InstanceState::kPending:
      return "pending";
    case InstanceState::kActive:
      return "active";
    case InstanceState::kStopped:
      return "stopped";
    case InstanceState::kError:
      return "error";
    case InstanceState::kRecycling:
      return "recycling";
    case InstanceState::kTerminating:
      return "terminating";
  }
  return "unknown";
}

}  // namespace accordion::cloudsim
