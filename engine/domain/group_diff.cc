#include "engine/domain/group_diff.h"

#include <algorithm>

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

}  // namespace

bool IsDeletionAsked(const ScalingGroup& group, absl::Time now) {
  return group.delete_requested_at.has_value() && group.desired_capacity == 0 &&
         now < *group.delete_requested_at + kDeleteIntentLifetime;
}

bool IsLeftLeaving(const Member& member) {
  const bool leaves =
      member.life_cycle == LifeCycle::kDetaching || member.life_cycle == LifeCycle::kTerminating;
  return leaves && !member.activity_id.has_value();
}

int CountedMembers(absl::Span<const Member> members) {
  return static_cast<int>(std::count_if(members.begin(), members.end(), Counts));
}

GroupPlan PlanGroup(const GroupFacts& facts) {
  const ScalingGroup& group = facts.group;
  if (facts.activity_open) return {};

  const int unfinished =
      static_cast<int>(std::count_if(facts.members.begin(), facts.members.end(), IsLeftLeaving));
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

  const bool launches_turn = missing > 0 && group.failed_in_a_row % 2 == 1;
  GroupPlan plan;
  plan.cause = group.desired_cause;
  if (unfinished > 0 && !launches_turn) {
    plan.step = NextStep::kFinishRemoval;
    plan.count = unfinished;
  } else if (missing > 0) {
    plan.step = NextStep::kScaleOut;
    plan.count = missing;
  } else if (surplus > 0) {
    plan.step = NextStep::kScaleIn;
    plan.count = surplus;
  } else {
    return {};
  }
  if (group.retry_not_before.has_value() && facts.now < *group.retry_not_before) {
    return {.step = NextStep::kWait, .cause = plan.cause, .wake_at = group.retry_not_before};
  }
  return plan;
}

}  // namespace accordion::domain
