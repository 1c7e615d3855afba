// Membership rules: which instances a user may attach to a group, and which members may be detached
// (semantics.md §9, reliability.md I-2).
//
// Pure: that an instance exists, and is no member of another group, is looked up elsewhere.
#pragma once

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "engine/domain/member.h"
#include "engine/domain/scaling_group.h"

namespace accordion::domain {

// What the cloud said of an instance that a user wants to attach.
struct AttachCandidate {
  InstanceId instance_id;
  std::string vpc_id;
  SubnetId subnet_id;
  bool running = false;
};

struct MembershipFault {
  enum class Kind {
    kRepeated,      // named twice in one request
    kElsewhere,     // in another VPC, or in no subnet of the group
    kNotRunning,    // to be attached, but in another state
    kUnknown,       // to be detached, but no member
    kBusy,          // to be detached, but leaving already, or not launched yet
    kProtected,     // to be detached, but protected
    kAboveMaxSize,  // `capacity` would be above `limit`
    kBelowMinSize,  // `capacity` would be below `limit`
    kTooFewServe,   // only `capacity` members in service and healthy would be left, below `limit`
  };
  Kind kind = Kind::kRepeated;
  InstanceId instance_id;  // for faults of one instance
  int capacity = 0;
  int limit = 0;

  friend bool operator==(const MembershipFault&, const MembershipFault&) = default;
};

// Whether all candidates may become members: the first fault, those of single instances first.
std::optional<MembershipFault> CheckAttach(const ScalingGroup& group,
                                           absl::Span<const AttachCandidate> candidates);

// Whether all of `ids` may be let go. `members`: the unclosed ones. A member that an attach or a
// registration works on may go; its activity then stops. One that is being launched or removed is
// busy.
std::optional<MembershipFault> CheckDetach(const ScalingGroup& group,
                                           absl::Span<const Member> members,
                                           absl::Span<const InstanceId> ids);

}  // namespace accordion::domain
