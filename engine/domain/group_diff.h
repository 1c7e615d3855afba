// Group diff: desired capacity against the members, and the one next step that follows. Pure heart
// of reconcile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/member.h"
#include "engine/domain/scaling_group.h"

namespace accordion::domain {

struct GroupFacts {
  ScalingGroup group;
  std::vector<Member> members;  // unclosed ones
  int unresolved_intents =
      0;  // launches that may still bring an instance and have no member row (I-1)
  bool activity_open = false;
  absl::Time now;
};

enum class NextStep {
  kNothing,        // at desired, or something is under way
  kScaleOut,       // `count` more
  kScaleIn,        // `count` fewer
  kFinishRemoval,  // `count` members are on their way out, but the activity that removed them has
                   // ended
  kDetach,         // users asked for `count` members to be let go
  kAttach,         // users asked for `count` instances to be taken in
  kRegister,  // `count` members in service aren't registered as the group's load balancers want it
  kWait,      // back-off: look again at `wake_at`
};

struct GroupPlan {
  NextStep step = NextStep::kNothing;
  int count = 0;
  Cause cause;                        // for the activity that is to be opened
  std::optional<absl::Time> wake_at;  // when to look again although nothing changes
};

// New = desired - unclosed members (Detaching and Terminating don't count) - intents without a
// member row. Rests while an activity is open or the group is disabled, except for the removal that
// a recorded Delete asks for. A scale-in is never planned below min size in service and healthy
// (I-2), and not when every surplus member is protected or busy. A launch is never planned above
// max size, which Terminating members still fill (I-1), nor while launches pause
// (launch_breaker.h); an intent that may come to nothing costs no
// member its place. A removal once begun goes on, in a disabled group as well, before anything
// else; only after a failure it takes turns with launches, so that neither starves the other. The
// back-off after a failure (`retry_not_before`) holds these steps.
//
// What users asked for with members (detach, then attach) and registrations goes on in a disabled
// group, too. Attaches and registrations come before launches and other removals, and have a
// back-off of their own, during which the others have their turn.
GroupPlan PlanGroup(const GroupFacts& facts);

// Whether a recorded Delete stands: it lapses, and a raised desired takes it back.
bool IsDeletionAsked(const ScalingGroup& group, absl::Time now);

// Whether the member was being removed by an activity that has ended without it.
bool IsLeftLeaving(const Member& member);
// Whether a user asked for it and no activity works on it.
bool AwaitsDetach(const Member& member);
bool AwaitsAttach(const Member& member);
// Whether the member serves, but not as the group's load balancers want it.
bool AwaitsRegistration(const ScalingGroup& group, const Member& member);

// Members that count toward desired capacity.
int CountedMembers(absl::Span<const Member> members);

}  // namespace accordion::domain
