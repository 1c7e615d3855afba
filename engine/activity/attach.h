// The attach machine: one slot takes one running instance into the group (semantics.md §9).
//
//   kVerifying -> kRegistering -> kInService
//       |              |
//       |              +-> kFailed (still Attaching: reconcile tries again)
//       +-> kDeregistering -> kFailed (gone: its row is closed, and desired is refilled)
//
// Nothing here changes desired capacity (I-9): an instance that can't be registered stays
// Attaching, counts, and can be detached.
#pragma once

#include <vector>

#include "engine/activity/step.h"

namespace accordion::activity {

// Slots in kVerifying for members that are Attaching.
std::vector<Slot> PlanAttach(const Activity& activity, const std::vector<domain::Member>& attaching,
                             absl::Time now);

// Pure: the slot's next state for an event. Events that don't fit the state change nothing. A
// member whose detach was asked for meanwhile ends the slot.
Step AdvanceAttach(const StepContext& context, const Slot& slot, const domain::Member& member,
                   const Event& event);

}  // namespace accordion::activity
