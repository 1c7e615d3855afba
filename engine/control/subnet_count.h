// How many members each subnet of a group holds: what placement goes by.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "engine/domain/member.h"
#include "engine/domain/placement.h"
#include "engine/domain/scaling_group.h"

namespace accordion::control {

// The subnets that launches may use now, in the group's order. Members on their way out don't
// count.
std::vector<domain::SubnetFacts> CountSubnets(const domain::ScalingGroup& group,
                                              absl::Span<const domain::Member> members);

}  // namespace accordion::control
