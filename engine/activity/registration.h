// The registration machine: one slot brings one member in service to the listeners that its group
// has now (semantics.md §13): registered with the new ones first, then deregistered from the
// others, only by RegisterIds that are ours.
//
//   kRegistering -> kDeregistering -> kInService
//        |                |
//        +----------------+-> kFailed (reconcile tries again)
//
// The member serves all along. While an endpoint can't be registered none is taken away.
#pragma once

#include <vector>

#include "engine/activity/step.h"

namespace accordion::activity {

// Slots in kRegistering for members in service.
std::vector<Slot> PlanRegistration(const Activity& activity,
                                   const std::vector<domain::Member>& members, absl::Time now);

// Pure: the slot's next state for an event. Events that don't fit the state change nothing. A
// member whose detach was asked for meanwhile ends the slot.
Step AdvanceRegistration(const StepContext& context, const Slot& slot, const domain::Member& member,
                         const Event& event);

}  // namespace accordion::activity
