// Scaling groups between the API's messages and the domain.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/activity/cause.h"
#include "engine/domain/group_rules.h"
#include "engine/domain/scaling_group.h"

namespace accordion::v1 {
class CreateScalingGroupRequest;
class ModifyScalingGroupRequest;
class ScalingGroup;
}  // namespace accordion::v1

namespace accordion::service {

// The group that the request describes: without id, account, VPC and times. InvalidParameterValue
// for an unknown word or an unparsable configuration id; ranges and quotas are for
// domain::CheckNewGroup.
absl::StatusOr<domain::ScalingGroup> NewGroupOf(const v1::CreateScalingGroupRequest& request);

// `group` with the fields that the request gives, but for the sizes. Load balancers: any replaces
// all, none leaves them.
absl::StatusOr<domain::ScalingGroup> EditedGroup(const v1::ModifyScalingGroupRequest& request,
                                                 domain::ScalingGroup group);
domain::CapacityEdit CapacityEditOf(const v1::ModifyScalingGroupRequest& request);

// The status of a fault, which names the parameter as `Request` spells it.
template <typename Request>
absl::Status GroupFaultStatus(const domain::GroupFault& fault);

// What an answer shows beside the group's own row.
struct GroupFacts {
  absl::string_view configuration_name;
  int members = 0;
  bool activity_open = false;
  absl::Time now;
  activity::Language language = activity::Language::kChinese;
};
void ToMessage(const domain::ScalingGroup& group, const GroupFacts& facts,
               v1::ScalingGroup* message);

}  // namespace accordion::service
