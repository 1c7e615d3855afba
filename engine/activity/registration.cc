#include "engine/activity/registration.h"

#include <utility>
#include <variant>

#include "engine/activity/departure.h"
#include "engine/activity/member_slot.h"
#include "engine/activity/registering.h"
#include "engine/domain/endpoint.h"

namespace accordion::activity {
namespace {

std::vector<domain::Registration> Others(const StepBuilder& step, const Slot& slot) {
  std::vector<domain::Registration> others;
  for (const domain::Registration& one : slot.registrations) {
    if (!domain::IsWanted(step.context().activity->slb_configs, one)) others.push_back(one);
  }
  return others;
}

// Asks for the next call that takes a registration away; the turns are as in registering.h.
void AskForNext(StepBuilder& step) {
  Slot& slot = step.slot();
  const std::vector<domain::Registration> others = Others(step, slot);
  if (!others.empty()) {
    if (slot.state != SlotState::kDeregistering) step.MoveTo(SlotState::kDeregistering);
    return AskToDeregister(step, others[static_cast<size_t>(slot.attempts) % others.size()]);
  }
  slot.failure = FailureClass::kNone;
  slot.failure_words.clear();
  step.MoveTo(SlotState::kInService);
}

void OnRegistering(StepBuilder& step, const Event& event) {
  switch (OnRegisteringEndpoints(step, event)) {
    case Registering::kGoesOn:
      return;
    case Registering::kDone:
      return AskForNext(step);
    case Registering::kGaveUp:
      return step.MoveTo(SlotState::kFailed);
  }
}

void OnDeregisteringOthers(StepBuilder& step, const Event& event) {
  Slot& slot = step.slot();
  if (const auto* failed = std::get_if<CallFailed>(&event)) {
    if (FailedTooOften(step, *failed, Others(step, slot).size())) step.MoveTo(SlotState::kFailed);
    return;
  }
  if (const auto* gone = std::get_if<Deregistered>(&event)) {
    ForgetRegistration(slot, gone->register_id);
    slot.attempts = 0;
  } else if (const auto* listed = std::get_if<RegistrationsListed>(&event)) {
    SettleDoubt(slot, *listed, {});
  } else if (!IsTick(event)) {
    return;
  }
  AskForNext(step);
}

void Dispatch(StepBuilder& step, const Event& event) {
  switch (step.slot().state) {
    case SlotState::kRegistering:
      return OnRegistering(step, event);
    case SlotState::kDeregistering:
      return OnDeregisteringOthers(step, event);
    case SlotState::kPlanned:
    case SlotState::kSending:
    case SlotState::kLooking:
    case SlotState::kBooting:
    case SlotState::kUndoing:
    case SlotState::kPicked:
    case SlotState::kDraining:
    case SlotState::kTracing:
    case SlotState::kVerifying:
    case SlotState::kTerminating:
    case SlotState::kProving:
    case SlotState::kReleasing:
    case SlotState::kWaiting:
    case SlotState::kInService:
    case SlotState::kLeft:
    case SlotState::kFailed:
    case SlotState::kQuarantined:
    case SlotState::kCancelled:
      break;
  }
}

}  // namespace

std::vector<Slot> PlanRegistration(const Activity& activity,
                                   const std::vector<domain::Member>& members, absl::Time now) {
  std::vector<Slot> slots;
  for (const domain::Member& member : members) {
    Slot slot = SlotOfMember(activity, static_cast<int>(slots.size()), SlotState::kRegistering,
                             member, now);
    slot.registrations = member.registrations;
    slots.push_back(std::move(slot));
  }
  return slots;
}

Step AdvanceRegistration(const StepContext& context, const Slot& slot, const domain::Member& member,
                         const Event& event) {
  if (IsFinal(slot.state)) return {.slot = slot, .intents = {}, .member = {}, .effect = {}};
  StepBuilder builder(context, slot);
  const bool ends = std::holds_alternative<CancelRequested>(event) || IsTick(event);
  if (member.life_cycle != domain::LifeCycle::kInService) {
    RecordRegistration(builder.slot(), event);
    builder.MoveTo(SlotState::kCancelled);
  } else if (ends && builder.Overdue()) {
    builder.Blame(FailureClass::kTimeout, "not registered until the deadline");
    builder.MoveTo(SlotState::kFailed);
  } else {
    Dispatch(builder, event);
  }
  Step step = std::move(builder).Build();
  domain::Member after = member;
  after.registrations = step.slot.registrations;
  if (IsFinal(step.slot.state)) after.activity_id.reset();
  if (after != member) step.member = std::move(after);
  return step;
}

}  // namespace accordion::activity
