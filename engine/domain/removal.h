// Removal: which members leave when the group shrinks (semantics.md §8).
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "engine/domain/member.h"
#include "engine/domain/scaling_group.h"

namespace accordion::domain {

struct RemovalPlan {
  std::vector<InstanceId> victims;  // in the order of removal
  int is_protected = 0;             // members that were passed over because they are protected
  int shortfall = 0;                // asked for, but no candidate left
};

// Candidates are in service, not protected, not in another activity. UnHealthy members go first;
// then the remove policy's order by add time (ties by id). With balanced distribution each choice
// is made among the subnets with the most remaining members, so that balance holds.
RemovalPlan PickVictims(const ScalingGroup& group, absl::Span<const Member> members, int count);

// Whether the member may be picked at all: the predicate that the store repeats under the row's
// lock (I-3).
bool IsRemovable(const Member& member);

// Whether the member is to have a successor: it serves, or should, is UnHealthy and not protected.
bool IsReplaceable(const Member& member);

}  // namespace accordion::domain
