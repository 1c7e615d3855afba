#include "engine/control/group_reconciler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/activity/attach.h"
#include "engine/activity/cause.h"
#include "engine/activity/registration.h"
#include "engine/activity/replace.h"
#include "engine/activity/scale_in.h"
#include "engine/activity/scale_out.h"
#include "engine/control/marker.h"
#include "engine/control/replacement_hold.h"
#include "engine/control/subnet_count.h"
#include "engine/domain/pair_rest.h"
#include "engine/domain/placement.h"
#include "engine/domain/removal.h"

namespace accordion::control {
namespace {

activity::Activity NewActivity(const domain::GroupFacts& facts, domain::Cause cause, int64_t id,
                               domain::ActivityType type) {
  activity::Activity activity;
  activity.id = domain::ActivityId(id);
  activity.group_id = facts.group.id;
  activity.account_id = facts.group.account_id;
  activity.type = type;
  activity.cause = std::move(cause);
  activity.start_time = facts.now;
  activity.deadline = facts.now + domain::kActivityDeadline;
  activity.slb_configs = facts.group.slb_configs;
  activity.security_group_ids = facts.group.security_group_ids;
  return activity;
}

// `仍受保护 n 台` and its twin: semantics.md §8 wants the number of protected members that a
// scale-in passed over.
std::string ProtectedWords(activity::Language language, int count) {
  return language == activity::Language::kChinese
             ? absl::StrCat("；", count, " 台实例受移除保护，未移除")
             : absl::StrCat("; ", count, " protected members were kept");
}

// Manual members are detached and left running, and say so (I-4).
absl::Status DetachManual(ports::Tx& tx, std::vector<domain::Member>& picked) {
  for (domain::Member& member : picked) {
    if (member.creation_type != domain::CreationType::kManual) continue;
    member.life_cycle = domain::LifeCycle::kDetaching;
    RETURN_IF_ERROR(tx.members().Update(member));
  }
  return absl::OkStatus();
}

// Locks the members that `chosen` says, and gives them to the activity. The group's lock is held,
// so what a row said when it was read holds still.
template <typename Predicate>
absl::StatusOr<std::vector<domain::Member>> Hold(ports::Tx& tx, const domain::GroupFacts& facts,
                                                 const domain::ActivityId& activity,
                                                 Predicate chosen) {
  const ports::GroupKey key{facts.group.account_id, facts.group.id};
  std::vector<domain::Member> held;
  for (const domain::Member& member : facts.members) {
    if (!chosen(member)) continue;
    ASSIGN_OR_RETURN(domain::Member locked, tx.members().Lock(key, member.instance_id));
    locked.activity_id = activity;
    RETURN_IF_ERROR(tx.members().Update(locked));
    held.push_back(std::move(locked));
  }
  return held;
}

// What the users said whose requests the activity carries out, each once.
domain::Cause RequestedCause(domain::TriggerKind kind, const std::vector<domain::Member>& members,
                             activity::Language language) {
  std::vector<std::string> causes;
  for (const domain::Member& member : members) {
    const std::string one = member.request_cause.value_or("");
    if (std::find(causes.begin(), causes.end(), one) == causes.end()) causes.push_back(one);
  }
  return {.kind = kind, .text = activity::JoinedCauses(language, causes)};
}

}  // namespace

GroupReconciler::GroupReconciler(ports::Store& store, base::Rng& rng, const Settings& settings)
    : store_(store), rng_(rng), settings_(settings) {}

absl::StatusOr<ReconcileOutcome> GroupReconciler::Step(const ports::Fence& fence,
                                                       const ports::GroupKey& key) {
  ReconcileOutcome outcome;
  RETURN_IF_ERROR(store_.Transact(fence, [&](ports::Tx& tx) {
    outcome = ReconcileOutcome();
    return StepInTx(tx, key, outcome);
  }));
  return outcome;
}

absl::Status GroupReconciler::StepInTx(ports::Tx& tx, const ports::GroupKey& key,
                                       ReconcileOutcome& outcome) {
  domain::GroupFacts facts;
  ASSIGN_OR_RETURN(facts.group, tx.groups().Lock(key));
  ASSIGN_OR_RETURN(outcome.open, tx.activities().GetOpen(key));
  ASSIGN_OR_RETURN(facts.members, tx.members().Unclosed(key));
  ASSIGN_OR_RETURN(facts.unresolved_intents, tx.activities().UnresolvedIntents(key));
  facts.activity_open = outcome.open.has_value();
  facts.now = tx.Now();
  outcome.wake_at = facts.now + settings_.resync;
  outcome.health = domain::JudgeGroupHealth(facts.members);

  if (facts.activity_open) {
    AskToCancel(facts, *outcome.open, outcome);
    return tx.groups().SetWake(key, outcome.wake_at);
  }
  ASSIGN_OR_RETURN(outcome.replacement_hold_began,
                   RecordReplacementHold(tx, facts, settings_.language, rng_));
  const domain::GroupPlan plan = domain::PlanGroup(facts);
  if (plan.wake_at.has_value()) outcome.wake_at = std::min(outcome.wake_at, *plan.wake_at);
  switch (plan.step) {
    case domain::NextStep::kNothing:
    case domain::NextStep::kWait:
      break;
    case domain::NextStep::kScaleOut:
      RETURN_IF_ERROR(OpenScaleOut(tx, facts, plan, outcome));
      break;
    case domain::NextStep::kScaleIn:
      RETURN_IF_ERROR(OpenScaleIn(tx, facts, plan, outcome));
      break;
    case domain::NextStep::kFinishRemoval:
      RETURN_IF_ERROR(OpenFinishRemoval(tx, facts, plan, outcome));
      break;
    case domain::NextStep::kDetach:
      RETURN_IF_ERROR(OpenDetach(tx, facts, outcome));
      break;
    case domain::NextStep::kAttach:
      RETURN_IF_ERROR(OpenAttach(tx, facts, outcome));
      break;
    case domain::NextStep::kReplace:
      RETURN_IF_ERROR(OpenReplace(tx, facts, plan, outcome));
      break;
    case domain::NextStep::kRegister:
      RETURN_IF_ERROR(OpenRegistration(tx, facts, outcome));
      break;
  }
  return tx.groups().SetWake(key, outcome.wake_at);
}

absl::StatusOr<domain::Placement> GroupReconciler::PlaceLaunches(
    ports::Tx& tx, const domain::GroupFacts& facts,
    const domain::ScalingConfiguration& configuration, std::vector<domain::SubnetFacts> subnets,
    int count, ReconcileOutcome& outcome) {
  ASSIGN_OR_RETURN(
      const std::vector<domain::PairRest> rests,
      tx.pair_rests().Resting(facts.group.account_id, facts.group.subnet_ids, facts.now));
  domain::Placement placement = domain::Place({.count = count,
                                               .strategy = facts.group.subnet_strategy,
                                               .subnets = std::move(subnets),
                                               .instance_types = configuration.instance_types,
                                               .resting = domain::RestingPairs(rests, facts.now)});
  if (placement.placed.empty()) {
    const std::optional<absl::Time> rested =
        domain::FirstRestEnd(rests, configuration.instance_types, facts.now);
    outcome.wake_at =
        std::min(outcome.wake_at, rested.value_or(facts.now + domain::kStockBackoffMin));
  }
  return placement;
}

absl::Status GroupReconciler::OpenScaleOut(ports::Tx& tx, const domain::GroupFacts& facts,
                                           const domain::GroupPlan& plan,
                                           ReconcileOutcome& outcome) {
  ASSIGN_OR_RETURN(domain::ScalingConfiguration configuration,
                   tx.configurations().Get(facts.group.account_id, facts.group.configuration_id));
  ASSIGN_OR_RETURN(const domain::Placement placement,
                   PlaceLaunches(tx, facts, configuration, CountSubnets(facts.group, facts.members),
                                 plan.count, outcome));
  if (placement.placed.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  activity::Activity activity = NewActivity(facts, plan.cause, id, domain::ActivityType::kScaleOut);
  activity.description = absl::StrCat(configuration.id.value());
  activity.configuration = std::move(configuration);
  std::vector<domain::IntentId> markers;
  for (size_t i = 0; i < placement.placed.size(); ++i) markers.push_back(NewMarker(rng_));
  activity::ScaleOutPlan planned =
      activity::PlanScaleOut(activity, placement.placed, markers, facts.now);
  return Open(tx, std::move(activity), std::move(planned.slots), planned.intents, outcome);
}

absl::Status GroupReconciler::OpenScaleIn(ports::Tx& tx, const domain::GroupFacts& facts,
                                          const domain::GroupPlan& plan,
                                          ReconcileOutcome& outcome) {
  const ports::GroupKey key{facts.group.account_id, facts.group.id};
  const domain::RemovalPlan removal = domain::PickVictims(facts.group, facts.members, plan.count);
  if (removal.victims.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  activity::Activity activity = NewActivity(facts, plan.cause, id, domain::ActivityType::kScaleIn);
  ASSIGN_OR_RETURN(
      std::vector<domain::Member> victims,
      tx.members().Pick(key, removal.victims, domain::LifeCycle::kTerminating, activity.id));
  if (victims.empty()) {  // protected between the plan and the lock
    outcome.wake_at = facts.now + settings_.due_poll;
    return absl::OkStatus();
  }
  if (removal.shortfall > 0 && removal.is_protected > 0) {
    activity.cause.text += ProtectedWords(settings_.language, removal.is_protected);
  }
  activity.description = absl::StrCat(facts.group.configuration_id.value());
  RETURN_IF_ERROR(DetachManual(tx, victims));
  std::vector<activity::Slot> slots = activity::PlanScaleIn(activity, victims, facts.now);
  return Open(tx, std::move(activity), std::move(slots), {}, outcome);
}

absl::Status GroupReconciler::OpenReplace(ports::Tx& tx, const domain::GroupFacts& facts,
                                          const domain::GroupPlan& plan,
                                          ReconcileOutcome& outcome) {
  const ports::GroupKey key{facts.group.account_id, facts.group.id};
  ASSIGN_OR_RETURN(domain::ScalingConfiguration configuration,
                   tx.configurations().Get(facts.group.account_id, facts.group.configuration_id));
  std::vector<domain::InstanceId> ids = domain::PickReplaced(facts.members, plan.count);
  const auto chosen = [&](const domain::Member& member) {
    return std::find(ids.begin(), ids.end(), member.instance_id) != ids.end();
  };
  // The new ones take the places of the old ones.
  std::vector<domain::Member> others = facts.members;
  std::erase_if(others, chosen);
  ASSIGN_OR_RETURN(const domain::Placement placement,
                   PlaceLaunches(tx, facts, configuration, CountSubnets(facts.group, others),
                                 static_cast<int>(ids.size()), outcome));
  if (placement.placed.empty()) return absl::OkStatus();
  ids.resize(placement.placed.size());
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  activity::Activity activity =
      NewActivity(facts,
                  {.kind = domain::TriggerKind::kHealth,
                   .text = activity::ReplacementCause(settings_.language, ids,
                                                      outcome.health.unhealthy_protected)},
                  id, domain::ActivityType::kReplace);
  activity.description = absl::StrCat(configuration.id.value());
  activity.configuration = std::move(configuration);
  std::vector<domain::Member> old;
  if (plan.old_first) {
    ASSIGN_OR_RETURN(old,
                     tx.members().Pick(key, ids, domain::LifeCycle::kTerminating, activity.id));
    RETURN_IF_ERROR(DetachManual(tx, old));
  } else {
    ASSIGN_OR_RETURN(old, Hold(tx, facts, activity.id, chosen));
  }
  if (old.empty()) {  // protected between the plan and the lock
    outcome.wake_at = facts.now + settings_.due_poll;
    return absl::OkStatus();
  }
  std::vector<domain::IntentId> markers;
  for (size_t i = 0; i < old.size(); ++i) markers.push_back(NewMarker(rng_));
  activity::ReplacePlan planned = activity::PlanReplace(
      activity,
      plan.old_first ? activity::ReplaceOrder::kOldFirst : activity::ReplaceOrder::kLaunchFirst,
      old, placement.placed, markers, facts.now);
  return Open(tx, std::move(activity), std::move(planned.slots), planned.intents, outcome);
}

absl::Status GroupReconciler::OpenFinishRemoval(ports::Tx& tx, const domain::GroupFacts& facts,
                                                const domain::GroupPlan& plan,
                                                ReconcileOutcome& outcome) {
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  // Nobody asked for it now: it starts no cooldown, and names no policy.
  const domain::Cause cause{.kind = plan.cause.kind,
                            .text = activity::RemovalContinuedCause(settings_.language)};
  activity::Activity activity = NewActivity(facts, cause, id, domain::ActivityType::kScaleIn);
  activity.description = absl::StrCat(facts.group.configuration_id.value());
  ASSIGN_OR_RETURN(const std::vector<domain::Member> leaving,
                   Hold(tx, facts, activity.id, domain::IsLeftLeaving));
  std::vector<activity::Slot> slots = activity::PlanFinishRemoval(activity, leaving, facts.now);
  return Open(tx, std::move(activity), std::move(slots), {}, outcome);
}

absl::Status GroupReconciler::OpenDetach(ports::Tx& tx, const domain::GroupFacts& facts,
                                         ReconcileOutcome& outcome) {
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  ASSIGN_OR_RETURN(const std::vector<domain::Member> leaving,
                   Hold(tx, facts, domain::ActivityId(id), domain::AwaitsDetach));
  activity::Activity activity =
      NewActivity(facts, RequestedCause(domain::TriggerKind::kDetach, leaving, settings_.language),
                  id, domain::ActivityType::kDetach);
  std::vector<activity::Slot> slots = activity::PlanScaleIn(activity, leaving, facts.now);
  return Open(tx, std::move(activity), std::move(slots), {}, outcome);
}

absl::Status GroupReconciler::OpenAttach(ports::Tx& tx, const domain::GroupFacts& facts,
                                         ReconcileOutcome& outcome) {
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  ASSIGN_OR_RETURN(const std::vector<domain::Member> coming,
                   Hold(tx, facts, domain::ActivityId(id), domain::AwaitsAttach));
  activity::Activity activity =
      NewActivity(facts, RequestedCause(domain::TriggerKind::kAttach, coming, settings_.language),
                  id, domain::ActivityType::kAttach);
  std::vector<activity::Slot> slots = activity::PlanAttach(activity, coming, facts.now);
  return Open(tx, std::move(activity), std::move(slots), {}, outcome);
}

absl::Status GroupReconciler::OpenRegistration(ports::Tx& tx, const domain::GroupFacts& facts,
                                               ReconcileOutcome& outcome) {
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  ASSIGN_OR_RETURN(const std::vector<domain::Member> members,
                   Hold(tx, facts, domain::ActivityId(id), [&](const domain::Member& member) {
                     return domain::AwaitsRegistration(facts.group, member);
                   }));
  activity::Activity activity =
      NewActivity(facts,
                  {.kind = domain::TriggerKind::kModify,
                   .text = activity::LoadBalancersChangedCause(settings_.language)},
                  id, domain::ActivityType::kRegistration);
  std::vector<activity::Slot> slots = activity::PlanRegistration(activity, members, facts.now);
  return Open(tx, std::move(activity), std::move(slots), {}, outcome);
}

absl::Status GroupReconciler::Open(ports::Tx& tx, activity::Activity activity,
                                   std::vector<activity::Slot> slots,
                                   const std::vector<activity::LaunchIntent>& intents,
                                   ReconcileOutcome& outcome) {
  RETURN_IF_ERROR(tx.activities().Open(activity, slots, intents));
  outcome.open = ports::OpenActivity{std::move(activity), std::move(slots)};
  outcome.is_new = true;
  return absl::OkStatus();
}

void GroupReconciler::AskToCancel(const domain::GroupFacts& facts, const ports::OpenActivity& open,
                                  ReconcileOutcome& outcome) {
  const auto unsent = [](const activity::Slot& slot) {
    return slot.state == activity::SlotState::kPlanned ||
           slot.state == activity::SlotState::kPicked ||
           slot.state == activity::SlotState::kWaiting;
  };
  const domain::ActivityType type = open.activity.type;
  const bool is_automatic = type == domain::ActivityType::kScaleOut ||
                            type == domain::ActivityType::kScaleIn ||
                            type == domain::ActivityType::kReplace;
  if (!is_automatic) return;  // a user's own act
  const bool disabled =
      facts.group.status == domain::GroupStatus::kUnActive && !facts.group.delete_requested_at;
  if (disabled) {
    // Only an activity that has sent nothing yet is cancelled; any other finishes (semantics.md
    // §4).
    if (!std::all_of(open.slots.begin(), open.slots.end(), unsent)) return;
    outcome.cancel_activity = open.activity.id;
    for (const activity::Slot& slot : open.slots) outcome.cancel_slots.push_back(slot.number);
    return;
  }
  if (type == domain::ActivityType::kReplace && outcome.health.replacement_held) {
    // Launches that are out go on; whoever waits for an unsent one ends with it.
    for (const activity::Slot& slot : open.slots) {
      if (slot.state != activity::SlotState::kPlanned) continue;
      outcome.cancel_activity = open.activity.id;
      outcome.cancel_slots.push_back(slot.number);
    }
  }
  if (type != domain::ActivityType::kScaleOut) return;
  // Desired was lowered during the launches: unsent intents go before any member does (semantics.md
  // §7).
  int surplus = domain::CountedMembers(facts.members) + facts.unresolved_intents -
                facts.group.desired_capacity;
  for (auto slot = open.slots.rbegin(); slot != open.slots.rend() && surplus > 0; ++slot) {
    if (!unsent(*slot)) continue;
    outcome.cancel_activity = open.activity.id;
    outcome.cancel_slots.push_back(slot->number);
    --surplus;
  }
}

}  // namespace accordion::control
