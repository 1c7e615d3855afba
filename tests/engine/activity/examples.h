// An example activity with its slots in every state, and a one-line summary of a step: what table
// tests compare.
#pragma once

#include <string>

#include "engine/activity/attach.h"
#include "engine/activity/registration.h"
#include "engine/activity/scale_in.h"
#include "engine/activity/scale_out.h"

namespace accordion::activity {

// The activity starts here, and so does every state of the example slots.
absl::Time ExampleStart();
// A deadline of 60 minutes, two instance types, one listener with two ports.
Activity ExampleScaleOut();
Activity ExampleScaleIn();
Activity ExampleDetach();
Activity ExampleAttach();
// Two subnets, default settings, jitter that makes every back-off its longest, fresh intent
// "fresh".
StepContext ExampleContext(const Activity& activity, absl::Duration after);

// A slot of ExampleScaleOut with intent "first" at (subnet-a, S4.2A); with an instance from
// kBooting on, with both registrations in kUndoing.
Slot LaunchSlot(SlotState state);
// A slot of ExampleScaleIn and its member, which is registered at both ports.
Slot RemovalSlot(SlotState state);
domain::Member ExampleMember(domain::CreationType creation_type = domain::CreationType::kAuto);

ObservedInstance Observed(ObservedInstance::Power power);
domain::Registration RegistrationAt(int port);
domain::Registration InDoubtAt(int port);
// A Manual member that a user has just attached.
domain::Member AttachingMember();

// "Sending intent:Prepared>Sent do:Launch", "Looking intent:Sent>Unknown wake:5s", "InService
// member:InService", ... Wake-ups count from the context's now.
std::string Summary(const StepContext& context, const Step& step);

}  // namespace accordion::activity
