// Scaling policies between the API's messages and the domain.
#pragma once

#include "absl/status/status.h"
#include "engine/domain/policy_rules.h"
#include "engine/domain/scaling_policy.h"

namespace accordion::v1 {
class CreateScalingPolicyRequest;
class ModifyScalingPolicyRequest;
class ScalingPolicy;
}  // namespace accordion::v1

namespace accordion::service {

// `policy` with the fields that the request gives; a given Metric replaces the whole alarm.
// InvalidParameterValue for an unknown word; ranges are for domain::CheckPolicy.
absl::Status Apply(const v1::CreateScalingPolicyRequest& request, domain::ScalingPolicy& policy);
absl::Status Apply(const v1::ModifyScalingPolicyRequest& request, domain::ScalingPolicy& policy);

// The parameter of a field that CheckPolicy found fault with.
template <typename Request>
absl::Status PolicyFaultStatus(domain::PolicyField field);

void ToMessage(const domain::ScalingPolicy& policy, v1::ScalingPolicy* message);

}  // namespace accordion::service
