// Group rules: what a new or modified scaling group may look like.
//
// Names of parameters live in proto/ only, so a fault names the field by an enum and the service
// finds the descriptor's spelling for it. Rules run in the reference's order of parameters; the
// first fault is returned. Whether referenced things exist (subnets, listeners, a configuration) is
// not decided here.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "engine/domain/capacity.h"
#include "engine/domain/limits.h"
#include "engine/domain/scaling_group.h"

namespace accordion::domain {

enum class GroupField {
  kMinSize,
  kMaxSize,
  kDesiredCapacity,
  kSubnetIds,
  kSecurityGroupIds,
  kSlbConfigs,  // the list as a whole
  kSlbId,
  kSlbListenerId,
  kSlbServerPorts,
  kSlbWeight,
};

bool IsLoadBalancerField(GroupField field);

enum class FaultKind {
  kMissing,     // MissingParameter
  kInvalid,     // InvalidParameterValue: range, type, or two fields that disagree
  kAboveQuota,  // QuotaExceeded, with `limit`
};

struct GroupFault {
  GroupField field = GroupField::kMinSize;
  FaultKind kind = FaultKind::kInvalid;
  int index = -1;  // of the element of a list, from 0 in the user's order; -1: the field as a whole
  int limit = 0;   // for kAboveQuota

  friend bool operator==(const GroupFault&, const GroupFault&) = default;
};

// The sizes that a Create or Modify gives; an absent one stays as it is.
struct CapacityEdit {
  std::optional<int> min_size;
  std::optional<int> max_size;
  std::optional<int> desired_capacity;
};

struct MergedCapacity {
  CapacityBounds bounds;
  int desired_capacity = 0;
  bool moved_into_range =
      false;  // desired wasn't given and the new bounds moved it; the cause says so

  friend bool operator==(const MergedCapacity&, const MergedCapacity&) = default;
};

// The group's sizes after the edit (semantics.md §4). Judged on the merged result; a given desired
// outside the range is a fault, one that wasn't given moves into it. The quota bounds a max size
// that is given: lowering a quota breaks no group. For a Create `edit` has all three.
std::variant<MergedCapacity, GroupFault> MergeCapacity(const ScalingGroup& group,
                                                       const CapacityEdit& edit,
                                                       const Quotas& quotas);

// At least one subnet, none twice, not more than the quota.
std::optional<GroupFault> CheckSubnets(absl::Span<const SubnetId> subnets, const Quotas& quotas);

// Each with load balancer, listener, at least one port 1..65535 (none twice), weight 0..100; no
// listener twice, not more than the quota. An empty list is fine: a group needs no load balancer.
std::optional<GroupFault> CheckSlbConfigs(absl::Span<const SlbConfig> configs,
                                          const Quotas& quotas);

// All of the above for a complete, new group, and at least one security group.
std::optional<GroupFault> CheckNewGroup(const ScalingGroup& group, const Quotas& quotas);

// A user's act on the group: what rests after failures is tried again at once.
void EndRest(ScalingGroup& group);

}  // namespace accordion::domain
