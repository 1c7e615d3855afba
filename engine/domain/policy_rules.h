// Policy rules: what a new or modified scaling policy may look like.
//
// As in group_rules.h a fault is an enum; the service finds the descriptor's spelling. All faults
// are of the kind InvalidParameterValue.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "engine/domain/limits.h"
#include "engine/domain/scaling_group.h"
#include "engine/domain/scaling_policy.h"

namespace accordion::domain {

enum class PolicyField {
  kDimension,  // also: a listener dimension in a group without a listener
  kThreshold,
  kRepeatTimes,
  kPeriod,
  kAdjustmentValue,
  kCoolDown,
};

// What the operator may set, and the account's quotas.
struct PolicyLimits {
  absl::Duration min_period = kMinPeriod;  // never below kMinPeriodFloor
  bool decimal_thresholds = false;         // breaks a client that reads integers (semantics.md §5)
  Quotas quotas;
};

// The first fault of a complete policy of `group`, in the reference's order; nullopt if it is fine.
std::optional<PolicyField> CheckPolicy(const ScalingPolicy& policy, const ScalingGroup& group,
                                       const PolicyLimits& limits);

}  // namespace accordion::domain
