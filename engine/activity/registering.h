// How a member comes to be registered, without a token and never twice. Shared by attaches and by
// the registrations that follow a change of load balancers. Internal to this module.
//
// An endpoint is written down as in doubt before the call that registers it. What is in doubt,
// after a failure or a restart, is listed at its listener before the next call. After a failed call
// the next missing endpoint has its turn, so that one listener that refuses doesn't stop the
// others.
#pragma once

#include "absl/types/span.h"
#include "engine/activity/step_builder.h"

namespace accordion::activity {

enum class Registering {
  kGoesOn,  // a call was asked for, a time to wake at was set, or it wasn't an event of this
  kDone,    // every endpoint of the activity's load balancers is registered
  kGaveUp,  // too many calls in a row have failed
};
// An event in kRegistering.
Registering OnRegisteringEndpoints(StepBuilder& step, const Event& event);

// Takes in what a call answered, and nothing else: for a slot that ends with the event.
void RecordRegistration(Slot& slot, const Event& event);

// After the list of one listener: what was in doubt there is certain, or forgotten; registrations
// at endpoints of `wanted` that the slot doesn't know are taken over.
void SettleDoubt(Slot& slot, const RegistrationsListed& listed,
                 absl::Span<const domain::SlbConfig> wanted);

// Every endpoint of `wanted` that isn't certain is to be looked up before it is registered.
void PutMissingInDoubt(absl::Span<const domain::SlbConfig> wanted, Slot& slot);

// Asks for the call that takes `one` away, or, if it is in doubt, for the list that settles it.
void AskToDeregister(StepBuilder& step, const domain::Registration& one);

// Counts a failed call. True: it was one too many; else the slot waits.
bool FailedTooOften(StepBuilder& step, const CallFailed& failed, size_t endpoints);

}  // namespace accordion::activity
