#include "engine/domain/group_diff.h"

#include <algorithm>

#include "engine/domain/endpoint.h"
#include "engine/domain/launch_breaker.h"
#include "engine/domain/limits.h"
#include "engine/domain/removal.h"

namespace accordion::domain {
namespace {

bool Counts(const Member& member) {
  switch (member.life_cycle) {
    case LifeCycle::kPending:
    case LifeCycle::kInService:
    case LifeCycle::kAttaching:
      return true;
    case LifeCycle::kDetaching:
    case LifeCycle::kTerminating:
    case LifeCycle::kClosed:
      break;
  }
  return false;
}

// A recorded Delete empties the group even while it is disabled.
bool IsBeingDeleted(const GroupFacts& facts) { return IsDeletionAsked(facts.group, facts.now); }

// Launches that max size leaves room for: instances that are being terminated are still alive
// (I-1).
int RoomForLaunches(const GroupFacts& facts) {
  const auto alive =
      std::count_if(facts.members.begin(), facts.members.end(), [](const Member& member) {
        return Counts(member) || member.life_cycle == LifeCycle::kTerminating;
      });
  return facts.group.max_size - static_cast<int>(alive) - facts.unresolved_intents;
}

// Removals that are possible and leave min size in service and healthy (I-2). Victims that are
// UnHealthy go first and take nothing from that.
int PossibleRemovals(const GroupFacts& facts) {
  int removable_healthy = 0;
  int removable_unhealthy = 0;
  int serving = 0;
  for (const Member& member : facts.members) {
    const bool healthy = member.health == Health::kHealthy;
    if (member.life_cycle == LifeCycle::kInService && healthy) ++serving;
    if (IsRemovable(member)) ++(healthy ? removable_healthy : removable_unhealthy);
  }
  const int spare = std::max(0, serving - facts.group.min_size);
  return removable_unhealthy + std::min(removable_healthy, spare);
}

template <typename Predicate>
int Count(const GroupFacts& facts, Predicate predicate) {
  return static_cast<int>(std::count_if(facts.members.begin(), facts.members.end(), predicate));
}

// Removals that go on or were asked for by name.
GroupPlan PlanRemovals(const GroupFacts& facts) {
  if (const int unfinished = Count(facts, IsLeftLeaving); unfinished > 0)
    return {.step = NextStep::kFinishRemoval, .count = unfinished};
  if (const int detached = Count(facts, AwaitsDetach); detached > 0)
    return {.step = NextStep::kDetach, .count = detached};
  return {};
}

// Attaches and registrations, unless they rest after a failure.
GroupPlan PlanRegistrations(const GroupFacts& facts) {
  GroupPlan plan;
  if (const int attached = Count(facts, AwaitsAttach); attached > 0) {
    plan = {.step = NextStep::kAttach, .count = attached};
  } else if (const int wrong = Count(
                 facts,
                 [&](const Member& member) { return AwaitsRegistration(facts.group, member); });
             wrong > 0) {
    plan = {.step = NextStep::kRegister, .count = wrong};
  }
  const std::optional<absl::Time>& rest = facts.group.registrations_not_before;
  if (plan.step == NextStep::kNothing || !rest.has_value() || *rest <= facts.now) return plan;
  return {.step = NextStep::kWait, .wake_at = rest};
}

// The one that acts, `first` before `then`; of two that wait, the one that is due first.
GroupPlan Earlier(const GroupPlan& first, const GroupPlan& then) {
  if (first.step == NextStep::kNothing) return then;
  if (first.step != NextStep::kWait) return first;
  if (then.step == NextStep::kNothing) return first;
  if (then.step != NextStep::kWait) return then;
  return *first.wake_at < *then.wake_at ? first : then;
}

}  // namespace

bool IsDeletionAsked(const ScalingGroup& group, absl::Time now) {
  return group.delete_requested_at.has_value() && group.desired_capacity == 0 &&
         now < *group.delete_requested_at + kDeleteIntentLifetime;
}

bool IsLeftLeaving(const Member& member) {
  const bool leaves =
      member.life_cycle == LifeCycle::kDetaching || member.life_cycle == LifeCycle::kTerminating;
  return leaves && !member.activity_id.has_value() && !AwaitsDetach(member);
}

bool AwaitsDetach(const Member& member) {
  return member.life_cycle == LifeCycle::kDetaching && member.request_cause.has_value() &&
         !member.activity_id.has_value();
}

bool AwaitsAttach(const Member& member) {
  return member.life_cycle == LifeCycle::kAttaching && !member.activity_id.has_value();
}

bool AwaitsRegistration(const ScalingGroup& group, const Member& member) {
  return member.life_cycle == LifeCycle::kInService && !member.activity_id.has_value() &&
         !IsRegisteredAsWanted(group.slb_configs, member.registrations);
}

int CountedMembers(absl::Span<const Member> members) {
  return static_cast<int>(std::count_if(members.begin(), members.end(), Counts));
}

GroupPlan PlanGroup(const GroupFacts& facts) {
  const ScalingGroup& group = facts.group;
  if (facts.activity_open) return {};

  const GroupPlan removals = PlanRemovals(facts);
  const GroupPlan registrations = PlanRegistrations(facts);
  int missing = 0;
  int surplus = 0;
  const bool rests = group.status == GroupStatus::kUnActive && !IsBeingDeleted(facts);
  if (!rests) {
    const int members = CountedMembers(facts.members);
    missing = std::min(group.desired_capacity - members - facts.unresolved_intents,
                       RoomForLaunches(facts));
    // An intent may come to nothing, so no member leaves on its account.
    surplus = std::min(members - group.desired_capacity, PossibleRemovals(facts));
  }

  const int launches = AllowedLaunches(group, missing, facts.now);
  const bool launches_turn = launches > 0 && group.failed_in_a_row % 2 == 1;
  const bool resting = group.retry_not_before.has_value() && facts.now < *group.retry_not_before;
  GroupPlan plan;
  if (removals.step != NextStep::kNothing && !launches_turn) {
    plan = removals;
  } else if (launches > 0) {
    plan = {.step = NextStep::kScaleOut, .count = launches};
  } else if (surplus > 0) {
    plan = {.step = NextStep::kScaleIn, .count = surplus};
  }
  if (plan.step != NextStep::kNothing && resting) {
    plan = {.step = NextStep::kWait, .wake_at = group.retry_not_before};
  }
  if (plan.step == NextStep::kNothing && missing > 0) {  // launches are paused
    plan = {.step = NextStep::kWait, .wake_at = group.launch_probe_at};
  }
  const bool asked_by_name =
      plan.step == NextStep::kDetach || plan.step == NextStep::kFinishRemoval;
  if (!asked_by_name) plan = Earlier(registrations, plan);
  if (plan.step != NextStep::kNothing) plan.cause = group.desired_cause;
  return plan;
}

}  // namespace accordion::domain
