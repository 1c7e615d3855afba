#include "engine/activity/replace.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/activity/launch_attempt.h"
#include "engine/activity/scale_in.h"
#include "engine/activity/scale_out.h"
#include "engine/activity/step_builder.h"
#include "engine/domain/removal.h"

namespace accordion::activity {
namespace {

bool NeedsSuccessor(const std::optional<domain::Member>& old) {
  return old.has_value() && domain::IsReplaceable(*old);
}

// The slot that has yet to begin: looked at when its partner ends, and now and then all the same.
void WaitForPartner(StepBuilder& step) { step.WaitUntil(step.now() + step.settings().retry_max); }

// A launch at max size. Past the deadline nothing new is begun; reconcile refills what has left.
void OnWaitingLaunch(StepBuilder& step, const Slot& partner) {
  if (!IsFinal(partner.state) && !step.Overdue()) return WaitForPartner(step);
  if (partner.state != SlotState::kLeft || step.Overdue())
    return step.MoveTo(SlotState::kCancelled);
  PrepareLaunch(step);
  step.WaitUntil(step.now());
}

// A removal below max size.
void OnWaitingRemoval(StepBuilder& step, const ReplacePair& pair) {
  if (!IsFinal(pair.partner.state) && !step.Overdue()) return WaitForPartner(step);
  const bool goes = pair.partner.state == SlotState::kInService && NeedsSuccessor(pair.old);
  if (!goes || step.Overdue()) return step.MoveTo(SlotState::kCancelled);
  step.MoveTo(SlotState::kPicked);
  step.WaitUntil(step.now());
}

// The row of a member that waited. One that is kept is left as others may have made it meanwhile.
domain::Member MemberAfterWaiting(domain::Member member, SlotState state) {
  if (state == SlotState::kCancelled) member.activity_id.reset();
  if (state == SlotState::kPicked) {
    // Manual members are detached and left running, and say so (I-4).
    member.life_cycle = member.creation_type == domain::CreationType::kManual
                            ? domain::LifeCycle::kDetaching
                            : domain::LifeCycle::kTerminating;
  }
  return member;
}

Step AdvanceWaiting(const StepContext& context, const Slot& slot, const ReplacePair& pair) {
  StepBuilder builder(context, slot);
  if (IsLaunchOfPair(slot)) {
    OnWaitingLaunch(builder, pair.partner);
    return std::move(builder).Build();
  }
  OnWaitingRemoval(builder, pair);
  Step step = std::move(builder).Build();
  domain::Member after = MemberAfterWaiting(*pair.old, step.slot.state);
  if (after != *pair.old) step.member = std::move(after);
  return step;
}

// Whether the launch counts toward the group's size: its intent may bring an instance, or it has a
// member that isn't on its way out.
bool Counts(const Slot& launch) {
  switch (launch.state) {
    case SlotState::kPlanned:
    case SlotState::kSending:
    case SlotState::kLooking:
    case SlotState::kBooting:
    case SlotState::kRegistering:
    case SlotState::kInService:
      return true;
    case SlotState::kQuarantined:
      return launch.instance_id.value().empty();
    case SlotState::kWaiting:
    case SlotState::kUndoing:
    case SlotState::kPicked:
    case SlotState::kDeregistering:
    case SlotState::kDraining:
    case SlotState::kVerifying:
    case SlotState::kTracing:
    case SlotState::kTerminating:
    case SlotState::kProving:
    case SlotState::kReleasing:
    case SlotState::kLeft:
    case SlotState::kFailed:
    case SlotState::kCancelled:
      break;
  }
  return false;
}

}  // namespace

ReplacePlan PlanReplace(const Activity& activity, ReplaceOrder order,
                        const std::vector<domain::Member>& old,
                        const std::vector<domain::PlacementPair>& placed,
                        const std::vector<domain::IntentId>& markers, absl::Time now) {
  assert(old.size() == placed.size());
  ScaleOutPlan launches = PlanScaleOut(activity, placed, markers, now);
  std::vector<Slot> removals = PlanScaleIn(activity, old, now);
  ReplacePlan plan;
  for (size_t i = 0; i < old.size(); ++i) {
    Slot& launch = launches.slots[i];
    Slot& removal = removals[i];
    launch.number = static_cast<int>(2 * i);
    removal.number = PartnerOf(launch.number);
    switch (order) {
      case ReplaceOrder::kLaunchFirst:
        removal.state = SlotState::kWaiting;
        launches.intents[i].slot = launch.number;
        plan.intents.push_back(std::move(launches.intents[i]));
        break;
      case ReplaceOrder::kOldFirst:
        launch.state = SlotState::kWaiting;
        launch.intent_id = domain::IntentId();  // it gets one when it may be sent
        break;
    }
    plan.slots.push_back(std::move(launch));
    plan.slots.push_back(std::move(removal));
  }
  return plan;
}

Step AdvanceReplace(const StepContext& context, const Slot& slot, const ReplacePair& pair,
                    const Event& event) {
  if (slot.state == SlotState::kWaiting) return AdvanceWaiting(context, slot, pair);
  if (!IsLaunchOfPair(slot)) return AdvanceRemoval(context, slot, *pair.old, event);
  // In kPlanned no request of the slot is under way, so it may still be for nothing.
  const bool old_left = pair.partner.state == SlotState::kLeft;
  if (slot.state == SlotState::kPlanned && IsTick(event) && !old_left && !NeedsSuccessor(pair.old))
    return AdvanceLaunch(context, slot, CancelRequested{});
  return AdvanceLaunch(context, slot, event);
}

int CountExtraLaunches(absl::Span<const Slot> slots) {
  int extra = 0;
  for (const Slot& slot : slots) {
    if (!IsLaunchOfPair(slot)) continue;
    const bool old_stays = std::any_of(slots.begin(), slots.end(), [&](const Slot& other) {
      return other.number == PartnerOf(slot.number) && other.state == SlotState::kWaiting;
    });
    if (old_stays && Counts(slot)) ++extra;
  }
  return extra;
}

}  // namespace accordion::activity
