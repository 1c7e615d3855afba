// How an instance goes: deregistered, terminated, proven gone (I-12). Shared by removals and by
// launches that are undone. Internal to this module.
#pragma once

#include "engine/activity/step_builder.h"

namespace accordion::activity {

// An event in a state that deregisters. Asks for the next call, or answers true when no
// registration is left and the caller may go on.
bool OnDeregistering(StepBuilder& step, const Event& event);

// Enters kTerminating and asks for the call.
void StartTerminating(StepBuilder& step);
void OnTerminating(StepBuilder& step, const Event& event);
// Enters `end` when two by-id reads, one read lag apart, have missed the instance.
void OnProving(StepBuilder& step, const Event& event, SlotState end);

// Ends a departure that isn't done when the clean-up grace has passed: kQuarantined, since the
// instance may remain.
void Quarantine(StepBuilder& step);

// Adds those of `listed` that the slot doesn't know, so that none is left behind.
void AdoptRegistrations(Slot& slot, const std::vector<domain::Registration>& listed);

}  // namespace accordion::activity
