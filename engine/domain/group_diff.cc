#include "engine/domain/group_diff.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/domain/endpoint.h"
#include "engine/domain/health.h"
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

int CountInService(absl::Span<const Member> members) {
  return static_cast<int>(std::count_if(members.begin(), members.end(), [](const Member& member) {
    return member.life_cycle == LifeCycle::kInService;
  }));
}

// `surplus`: members beyond desired. They are removed, UnHealthy ones first, and need no successor.
GroupPlan PlanReplacement(const GroupFacts& facts, int surplus) {
  const int wanted = Count(facts, AwaitsReplacement) - std::max(0, surplus);
  if (wanted <= 0 || JudgeGroupHealth(facts.members).replacement_held) return {};
  const std::optional<absl::Time>& rest = facts.group.replacements_not_before;
  if (rest.has_value() && facts.now < *rest) return {.step = NextStep::kWait, .wake_at = rest};
  const int share = (CountInService(facts.members) * kReplacedSharePercent + 99) / 100;
  const int room = RoomForLaunches(facts);
  if (room < 0) return {};  // who leaves makes no room for a successor (I-1)
  GroupPlan plan{.step = NextStep::kReplace, .count = 1, .old_first = room == 0};
  if (!plan.old_first) plan.count = std::min({wanted, share, room});
  // Who leaves first must have a successor to expect.
  plan.count = AllowedLaunches(facts.group, plan.count, facts.now);
  if (plan.count == 0) return {.step = NextStep::kWait, .wake_at = facts.group.launch_probe_at};
  return plan;
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

bool AwaitsReplacement(const Member& member) {
  return IsReplaceable(member) && !member.activity_id.has_value();
}

HealthSituation JudgeGroupHealth(absl::Span<const Member> members) {
  HealthSituation situation{.in_service = CountInService(members)};
  std::vector<absl::Time> turned_at;
  for (const Member& member : members) {
    if (member.life_cycle != LifeCycle::kInService || member.health != Health::kUnHealthy) continue;
    if (member.is_protected) ++situation.unhealthy_protected;
    turned_at.push_back(member.unhealthy_since.value_or(absl::UnixEpoch()));
  }
  situation.turned_together = TurnedTogether(turned_at);
  situation.replacement_held = ReplacementIsHeld(situation.in_service, std::move(turned_at));
  return situation;
}

std::vector<InstanceId> PickReplaced(absl::Span<const Member> members, int count) {
  std::vector<const Member*> waiting;
  for (const Member& member : members) {
    if (AwaitsReplacement(member)) waiting.push_back(&member);
  }
  std::sort(waiting.begin(), waiting.end(), [](const Member* a, const Member* b) {
    return std::tie(a->unhealthy_since, a->instance_id) <
           std::tie(b->unhealthy_since, b->instance_id);
  });
  std::vector<InstanceId> ids;
  for (const Member* member : waiting) {
    if (static_cast<int>(ids.size()) < count) ids.push_back(member->instance_id);
  }
  return ids;
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
  GroupPlan replacement;
  int missing = 0;
  int surplus = 0;
  bool below_min = false;
  const bool rests = group.status == GroupStatus::kUnActive && !IsBeingDeleted(facts);
  if (!rests) {
    const int members = CountedMembers(facts.members);
    below_min = members + facts.unresolved_intents < group.min_size;
    replacement = PlanReplacement(facts, members - group.desired_capacity);
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
  if (!asked_by_name) {
    const bool repairs = plan.step == NextStep::kScaleOut && below_min;
    plan = repairs ? Earlier(plan, replacement) : Earlier(replacement, plan);
    plan = Earlier(registrations, plan);
  }
  if (plan.step != NextStep::kNothing) plan.cause = group.desired_cause;
  return plan;
}

}  // namespace accordion::domain
