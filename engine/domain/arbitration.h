// Arbitration: of the policies of one group that fire together, which acts, and why the others
// don't.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/capacity.h"
#include "engine/domain/metric_window.h"
#include "engine/domain/scaling_group.h"
#include "engine/domain/scaling_policy.h"

namespace accordion::domain {

// One policy that fires now.
struct Firing {
  ScalingPolicy policy;
  std::vector<PeriodVerdict> periods;  // oldest first
};

// What the group looks like to a firing.
struct GroupSituation {
  ScalingGroup group;
  int members = 0;  // unclosed members and intents without a member row (semantics.md §7)
  bool activity_open = false;
  bool replacing = false;  // the open activity only replaces members; `activity_open` is false
  absl::Time now;
};

// Why a firing acted or not; the word is stored in the decision record and shown to users.
enum class DecisionReason {
  kActed,
  kGroupDisabled,
  kInCooldown,
  kActivityInProgress,
  kAlreadyAtMaxCapacity,
  kAlreadyAtMinCapacity,
  kNoChange,         // the adjustment moves nothing (0, or TotalCapacity equal to desired)
  kCapacityPending,  // desired exceeds the members: further raises wait
  kSurplusPending,   // members exceed desired: further reductions wait
  kOutvoted,         // another policy of the group won
};
const char* DecisionReasonName(DecisionReason reason);  // "Acted", "AlreadyAtMaxCapacity", ...

struct Decision {
  Firing firing;
  DecisionReason reason = DecisionReason::kNoChange;
  int desired_before = 0;
  int desired_wanted = 0;  // before clamping
  int desired_after = 0;   // equals before unless kActed
};

// One decision for every firing, in the order given; at most one is kActed. If any policy wants
// more, the largest capacity wins; otherwise the largest too (the gentlest scale-in). Ties: the
// policy with the smaller id.
//
// A policy that wants more outvotes reductions even where it can't act itself (at max size, or
// while capacity is pending), and so does a TotalCapacity equal to desired; a change of 0 neither
// acts nor votes. While a surplus is pending raises count from the members. While members are being
// replaced raises act all the same, or a flapping member would starve scale-out; reductions wait.
std::vector<Decision> Arbitrate(absl::Span<const Firing> firings, const GroupSituation& situation);

}  // namespace accordion::domain
