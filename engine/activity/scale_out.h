// The scale-out machine: one slot launches one instance without a client token and never twice
// (reliability.md C3).
//
//   kPlanned -> kSending -> kBooting -> kRegistering -> kInService
//                  |  ^         |             |
//                  v  |         +-> kUndoing <+   -> kTerminating -> kProving -> kFailed
//                     |             (kTracing before and kReleasing after, where an elastic IP was
//                     |             bought: departure.h)
//               kLooking (outcome unknown: look for the marker until found or the horizon has
//               passed)
//
// Rules that the code keeps and the tests check:
// - An intent is sent at most once; only when zero bytes were written may the same bytes be sent
// again.
// - kSending that is resumed (the engine died) is unknown, never "not sent".
// - A rejected or abandoned intent is never reused: the next attempt has a fresh one.
// - Out of stock moves to the next open pair within the same activity; no open pair left: kFailed
// with kStock.
#pragma once

#include <vector>

#include "engine/activity/step.h"

namespace accordion::activity {

// Slots in kPlanned, one a placement, each with its PREPARED intent (`markers` has one a
// placement).
struct ScaleOutPlan {
  std::vector<Slot> slots;
  std::vector<LaunchIntent> intents;
};
ScaleOutPlan PlanScaleOut(const Activity& activity,
                          const std::vector<domain::PlacementPair>& placed,
                          const std::vector<domain::IntentId>& markers, absl::Time now);

// Pure: the slot's next state for an event. Events that don't fit the state change nothing.
Step AdvanceLaunch(const StepContext& context, const Slot& slot, const Event& event);

}  // namespace accordion::activity
