// The removal machine: one slot removes one member in the order of I-12. Of a scale-in and of a
// detach.
//
//   kPicked -> kDeregistering -> kDraining -> kTerminating -> kProving -> kLeft
//                                   |   |         ^              |          ^
//                                   |   v         |              v          |
//                                   |  kTracing --+          kReleasing ----+
//                                   |  (an address was bought with it)
//                                   +-> kLeft (a Manual or detached member is left running)
//
// A detach is never cancelled: desired capacity was lowered for it when it was asked for.
#pragma once

#include <vector>

#include "engine/activity/step.h"

namespace accordion::activity {

// Slots in kPicked for the victims; their members must be marked Terminating (or Detaching) in the
// same transaction.
std::vector<Slot> PlanScaleIn(const Activity& activity, const std::vector<domain::Member>& victims,
                              absl::Time now);

// Slots for members that an ended activity left on their way out. They begin where nothing can be
// taken back: a removal that has begun is never cancelled.
std::vector<Slot> PlanFinishRemoval(const Activity& activity,
                                    const std::vector<domain::Member>& leaving, absl::Time now);

// Pure: the slot's next state for an event. Events that don't fit the state change nothing.
Step AdvanceRemoval(const StepContext& context, const Slot& slot, const domain::Member& member,
                    const Event& event);

}  // namespace accordion::activity
