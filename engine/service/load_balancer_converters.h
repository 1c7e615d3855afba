// `Slb.N` of the requests that have it, in the domain's terms.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/domain/group_rules.h"
#include "engine/domain/scaling_group.h"

namespace accordion::service {

// InvalidParameterValue for an unknown word; everything else is for domain::CheckSlbConfigs.
template <typename Request>
absl::StatusOr<std::vector<domain::SlbConfig>> SlbConfigsOf(const Request& request);

// The status of a fault for which domain::IsLoadBalancerField, which names the parameter as
// `Request` spells it.
template <typename Request>
absl::Status LoadBalancerFaultStatus(const domain::GroupFault& fault);

}  // namespace accordion::service
