// A slot of an activity on an instance that is a member already. Internal to this module.
#pragma once

#include "absl/time/time.h"
#include "engine/activity/activity.h"
#include "engine/activity/event.h"

namespace accordion::activity {

// Due at once, with the member's facts but for its registrations.
Slot SlotOfMember(const Activity& activity, int number, SlotState state,
                  const domain::Member& member, absl::Time now);

// Takes over what a read shows of the instance; what it doesn't show stays known.
void Observe(Slot& slot, const ObservedInstance& seen);

}  // namespace accordion::activity
