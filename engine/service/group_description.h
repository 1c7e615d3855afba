// What a group waits for, in a sentence for DescribeScalingGroup.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "engine/activity/cause.h"
#include "engine/domain/scaling_group.h"

namespace accordion::service {

// Empty if the group waits for nothing. A Delete's recorded intent is shown until it lapses, the
// pause of launches until it ends.
std::string DescribeGroup(const domain::ScalingGroup& group, absl::Time now,
                          activity::Language language);

}  // namespace accordion::service
