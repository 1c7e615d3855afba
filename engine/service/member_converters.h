// Members of groups between the API's messages and the domain.
#pragma once

#include "absl/status/statusor.h"
#include "engine/domain/member.h"
#include "engine/ports/member_store.h"

namespace accordion::v1 {
class DescribeScalingInstanceRequest;
class ScalingInstance;
}  // namespace accordion::v1

namespace accordion::service {

// InvalidParameterValue for an unknown word.
absl::StatusOr<ports::MemberFilter> MemberFilterOf(
    const v1::DescribeScalingInstanceRequest& request);

void ToMessage(const domain::Member& member, v1::ScalingInstance* message);

}  // namespace accordion::service
