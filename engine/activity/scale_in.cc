#include "engine/activity/scale_in.h"

#include <utility>
#include <variant>

#include "engine/activity/departure.h"
#include "engine/activity/member_slot.h"

namespace accordion::activity {
namespace {

bool IsDetach(const Activity& activity) { return activity.type == domain::ActivityType::kDetach; }

// Auto members are terminated; Manual ones are only let go (I-4), and so is whoever is detached.
void LetGo(StepBuilder& step) {
  const bool stays_running = step.slot().creation_type == domain::CreationType::kManual;
  if (!stays_running && !IsDetach(*step.context().activity)) return StartLeaving(step);
  step.slot().failure = FailureClass::kNone;
  step.slot().failure_words.clear();
  step.MoveTo(SlotState::kLeft);
}

void OnPicked(StepBuilder& step, const Event& event, const domain::Member& member) {
  if (!IsTick(event)) return;
  Slot& slot = step.slot();
  slot.registrations = member.registrations;
  // A registration may have been made without our hearing of it, or twice: a call that was given up
  // may arrive late. An instance that stays running may have others, which are none of ours.
  const bool may_be_others =
      slot.creation_type == domain::CreationType::kManual || IsDetach(*step.context().activity);
  slot.must_list = !may_be_others && !step.context().activity->slb_configs.empty();
  if (slot.registrations.empty() && !slot.must_list) return LetGo(step);
  step.MoveTo(SlotState::kDeregistering);
  OnDeregistering(step, event);
}

void StartDraining(StepBuilder& step) {
  step.MoveTo(SlotState::kDraining);
  step.WaitUntil(step.now() + step.settings().drain);
}

void OnDraining(StepBuilder& step, const Event& event) {
  if (!IsTick(event)) return;
  const absl::Time drained = step.slot().state_since + step.settings().drain;
  if (step.now() < drained) {
    step.WaitLongerFor(drained);
  } else {
    LetGo(step);
  }
}

// The answer to CancelRequested, and to every tick once the deadline has passed. False: the slot
// goes on; a removal that has begun is never rolled back, since its instance serves no more, nor is
// a detach, which a user asked for by name.
bool Cancel(StepBuilder& step) {
  if (step.slot().state == SlotState::kPicked && !IsDetach(*step.context().activity)) {
    step.MoveTo(SlotState::kCancelled);
    return true;
  }
  if (!step.CleanupOverdue()) return false;
  Quarantine(step);
  return true;
}

void Dispatch(StepBuilder& step, const domain::Member& member, const Event& event) {
  switch (step.slot().state) {
    case SlotState::kPicked:
      return OnPicked(step, event, member);
    case SlotState::kDeregistering:
      if (OnDeregistering(step, event)) StartDraining(step);
      return;
    case SlotState::kDraining:
      return OnDraining(step, event);
    case SlotState::kTracing:
      return OnTracing(step, event);
    case SlotState::kTerminating:
      return OnTerminating(step, event);
    case SlotState::kProving:
      return OnProving(step, event, SlotState::kLeft);
    case SlotState::kReleasing:
      return OnReleasing(step, event, SlotState::kLeft);
    case SlotState::kPlanned:
    case SlotState::kSending:
    case SlotState::kLooking:
    case SlotState::kBooting:
    case SlotState::kRegistering:
    case SlotState::kUndoing:
    case SlotState::kVerifying:
    case SlotState::kWaiting:
    case SlotState::kInService:
    case SlotState::kLeft:
    case SlotState::kFailed:
    case SlotState::kQuarantined:
    case SlotState::kCancelled:
      break;
  }
}

// The member row that belongs to the slot.
domain::Member MemberAfter(domain::Member member, const Slot& slot) {
  if (slot.state != SlotState::kPicked && slot.state != SlotState::kCancelled) {
    member.registrations = slot.registrations;
    member.address = slot.address;
  }
  if (IsFinal(slot.state)) member.activity_id.reset();
  if (slot.state == SlotState::kCancelled) member.life_cycle = domain::LifeCycle::kInService;
  if (slot.state == SlotState::kLeft) {
    member.life_cycle = domain::LifeCycle::kClosed;
    member.request_cause.reset();
    member.closed_at = slot.state_since;
  }
  return member;
}

Slot RemovalSlot(const Activity& activity, int number, SlotState state,
                 const domain::Member& member, absl::Time now) {
  Slot slot = SlotOfMember(activity, number, state, member, now);
  slot.address = member.address;
  // A member enters service with its address on record. Without that nothing tells it from an
  // address of the user's own.
  const bool served = state == SlotState::kPicked || member.in_service_at.has_value();
  if (AddressUnknown(slot) && served) slot.address.reset();
  return slot;
}

}  // namespace

std::vector<Slot> PlanScaleIn(const Activity& activity, const std::vector<domain::Member>& victims,
                              absl::Time now) {
  std::vector<Slot> slots;
  for (const domain::Member& victim : victims) {
    const int number = static_cast<int>(slots.size());
    slots.push_back(RemovalSlot(activity, number, SlotState::kPicked, victim, now));
  }
  return slots;
}

std::vector<Slot> PlanFinishRemoval(const Activity& activity,
                                    const std::vector<domain::Member>& leaving, absl::Time now) {
  std::vector<Slot> slots;
  for (const domain::Member& member : leaving) {
    const int number = static_cast<int>(slots.size());
    Slot slot = RemovalSlot(activity, number, SlotState::kDeregistering, member, now);
    slot.registrations = member.registrations;
    // The call that the ended activity lost sight of may have been a registration.
    slot.must_list =
        !activity.slb_configs.empty() && member.creation_type == domain::CreationType::kAuto;
    const bool was_never_registered = slot.registrations.empty() && !slot.must_list;
    if (was_never_registered && slot.creation_type == domain::CreationType::kAuto) {
      slot.state = AddressUnknown(slot) ? SlotState::kTracing : SlotState::kTerminating;
    }
    slots.push_back(std::move(slot));
  }
  return slots;
}

Step AdvanceRemoval(const StepContext& context, const Slot& slot, const domain::Member& member,
                    const Event& event) {
  if (IsFinal(slot.state)) return {.slot = slot, .intents = {}, .member = {}, .effect = {}};
  StepBuilder builder(context, slot);
  const bool cancel =
      std::holds_alternative<CancelRequested>(event) || (IsTick(event) && builder.Overdue());
  if (!cancel || !Cancel(builder)) Dispatch(builder, member, event);
  Step step = std::move(builder).Build();
  domain::Member after = MemberAfter(member, step.slot);
  if (after != member) step.member = std::move(after);
  return step;
}

}  // namespace accordion::activity
