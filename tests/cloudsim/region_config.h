// The region's description as JSON: what --config reads and GET /region shows.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/region/region_spec.h"

namespace accordion::cloudsim {

// Each top-level member that is given replaces that part of the default region; docs/cloudsim.md
// has an example. InvalidArgument names the member that is wrong; unknown members are refused.
absl::StatusOr<RegionSpec> ReadRegionSpec(absl::string_view json_text);

// The inverse. Holds the accounts' secret keys: a simulated region has no secrets from its
// operator.
Json ShowRegionSpec(const RegionSpec& spec);

}  // namespace accordion::cloudsim
