// The built-in region: what `accordion-cloudsim` simulates without --config, and what the demo and
// the tests use.
#pragma once

#include "tests/cloudsim/region/region_spec.h"

namespace accordion::cloudsim {

// cn-beijing-6 with three zones, three instance types, one image, and two accounts that each own a
// VPC with three subnets (one a zone; the third one is small), a security group and a load balancer
// with two listeners. Ids are fixed, so that a script can name them.
RegionSpec DefaultRegion();

}  // namespace accordion::cloudsim
