// The replace machine: each pair of slots launches one instance and removes one UnHealthy member
// (semantics.md §9). The slots are those of scale_out.h and scale_in.h; here is how the one waits
// for the other.
//
//   below max size   launch:  kPlanned -> ... -> kInService
//                    removal: kWaiting ---------------------> kPicked -> ... -> kLeft
//   at max size      removal: kPicked -> ... -> kLeft
//                    launch:  kWaiting ------------> kPlanned -> ... -> kInService
//
// Rules that the code keeps and the tests check:
// - Who waits begins only when the other has succeeded, and is cancelled when it has ended in
//   another way: a launch that failed removes nobody, and an instance that may remain is not
//   replaced above max size.
// - A member that waits for its successor stays in service, and may be protected or detached. It is
//   picked under its row's lock, and only if it is still what the pair was planned for: in service,
//   UnHealthy, not protected.
// - A launch that isn't sent while its member is no longer that ends unsent.
//
// Nothing here changes desired capacity (I-9). A member that was kept although its successor serves
// is a surplus, and reconcile removes the one that needs it most.
#pragma once

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "engine/activity/step.h"

namespace accordion::activity {

// Slots 2k and 2k + 1 are a pair: the launch and the removal.
inline bool IsLaunchOfPair(const Slot& slot) { return slot.number % 2 == 0; }
inline int PartnerOf(int number) { return number ^ 1; }

enum class ReplaceOrder { kLaunchFirst, kOldFirst };

struct ReplacePlan {
  std::vector<Slot> slots;
  std::vector<LaunchIntent> intents;  // PREPARED ones of the launches that don't wait
};
// One pair for each of `old`, with one of `placed` and one of `markers` each. With kOldFirst the
// members must be marked Terminating (or Detaching) in the same transaction.
ReplacePlan PlanReplace(const Activity& activity, ReplaceOrder order,
                        const std::vector<domain::Member>& old,
                        const std::vector<domain::PlacementPair>& placed,
                        const std::vector<domain::IntentId>& markers, absl::Time now);

// What a slot has to know of its pair.
struct ReplacePair {
  Slot partner;
  std::optional<domain::Member> old;  // nullopt: its row is closed. Of a removal always there.
};
// Pure: the slot's next state for an event. Events that don't fit the state change nothing.
Step AdvanceReplace(const StepContext& context, const Slot& slot, const ReplacePair& pair,
                    const Event& event);

// Launches of the pairs that count toward the group's size beside the member that they will
// replace: members and intents that are no answer to desired capacity.
int CountExtraLaunches(absl::Span<const Slot> slots);

}  // namespace accordion::activity
