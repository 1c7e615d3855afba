// The region that a run plays in: three accounts, each with subnets in three zones and a load
// balancer.
#pragma once

#include "base/random.h"
#include "tests/cloudsim/region/region_spec.h"

namespace accordion::sim {

inline constexpr int kAccounts = 3;

cloudsim::RegionSpec DrawRegion(base::Rng& rng);

}  // namespace accordion::sim
