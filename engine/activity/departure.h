// How an instance goes: deregistered, terminated, proven gone (I-12). Shared by removals and by
// launches that are undone. Internal to this module.
#pragma once

#include "engine/activity/step_builder.h"

namespace accordion::activity {

// An event in a state that deregisters. Asks for the next call, or answers true when no
// registration is left and the caller may go on.
bool OnDeregistering(StepBuilder& step, const Event& event);

// The instance may go. Enters kTerminating, or first kTracing where an address was bought that
// isn't on record: once its instance is gone nothing tells it from the account's other addresses.
void StartLeaving(StepBuilder& step);
void OnTracing(StepBuilder& step, const Event& event);
void OnTerminating(StepBuilder& step, const Event& event);
// When two by-id reads, one read lag apart, have missed the instance: enters kReleasing if an
// address was bought with it, else `end`.
void OnProving(StepBuilder& step, const Event& event, SlotState end);
// Gives the address back and enters `end`. An address that is associated with something else by
// now was taken over by its account, and is left alone.
void OnReleasing(StepBuilder& step, const Event& event, SlotState end);

// Puts the address that the launch bought on record; false if `listed` doesn't have it.
bool RecordAddress(Slot& slot, const std::vector<ObservedAddress>& listed);
// The call that looks for it.
ListAddresses LookForAddress(const Slot& slot);
// Whether an address was bought that isn't on record.
bool AddressUnknown(const Slot& slot);

// Ends a departure that isn't done when the clean-up grace has passed: kQuarantined, since the
// instance may remain.
void Quarantine(StepBuilder& step);

// Adds those of `listed` that the slot doesn't know, so that none is left behind.
void AdoptRegistrations(Slot& slot, const std::vector<domain::Registration>& listed);
void ForgetRegistration(Slot& slot, const std::string& register_id);

}  // namespace accordion::activity
