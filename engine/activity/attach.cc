#include "engine/activity/attach.h"

#include <utility>
#include <variant>

#include "engine/activity/departure.h"
#include "engine/activity/member_slot.h"
#include "engine/activity/registering.h"
#include "engine/domain/endpoint.h"

namespace accordion::activity {
namespace {

bool TooLate(StepBuilder& step) {
  return step.now() >= step.slot().state_since + step.settings().launch_timeout;
}

void Fail(StepBuilder& step, FailureClass failure, absl::string_view words) {
  step.Blame(failure, words);
  step.MoveTo(SlotState::kFailed);
}

bool IsGone(const Slot& slot) { return slot.absent_reads >= 2; }

void EnterService(StepBuilder& step) {
  step.slot().failure = FailureClass::kNone;
  step.slot().failure_words.clear();
  step.MoveTo(SlotState::kInService);
}

void GoOnRegistering(StepBuilder& step, const Event& event) {
  switch (OnRegisteringEndpoints(step, event)) {
    case Registering::kGoesOn:
      return;
    case Registering::kDone:
      return EnterService(step);
    case Registering::kGaveUp:
      return step.MoveTo(SlotState::kFailed);
  }
}

void OnMissed(StepBuilder& step) {
  Slot& slot = step.slot();
  const absl::Time lag_over = slot.state_since + step.settings().read_lag;
  if (slot.absent_reads > 0 && step.now() < lag_over) return step.WaitUntil(lag_over);
  ++slot.absent_reads;
  if (!IsGone(slot)) {
    slot.state_since = step.now();  // of the first read that missed it
    slot.attempts = 0;
    return step.WaitUntil(step.now() + step.settings().read_lag);
  }
  step.Blame(FailureClass::kPermanent, "the instance is gone");
  if (slot.registrations.empty()) return step.MoveTo(SlotState::kFailed);
  step.MoveTo(SlotState::kDeregistering);
  OnDeregistering(step, Woken{});
}

void OnRead(StepBuilder& step, const std::optional<ObservedInstance>& seen) {
  if (!seen.has_value()) return OnMissed(step);
  Slot& slot = step.slot();
  slot.absent_reads = 0;
  slot.attempts = 0;
  Observe(slot, *seen);
  switch (seen->power) {
    case ObservedInstance::Power::kError:
      return Fail(step, FailureClass::kPermanent, "the instance is in error");
    case ObservedInstance::Power::kStopped:
      return Fail(step, FailureClass::kPermanent, "the instance is stopped");
    case ObservedInstance::Power::kRunning:
      if (!domain::MissingEndpoints(step.context().activity->slb_configs, slot.registrations)
               .empty()) {
        step.MoveTo(SlotState::kRegistering);
      }
      return GoOnRegistering(step, Woken{});
    case ObservedInstance::Power::kInProgress:
      break;
  }
  if (TooLate(step)) return Fail(step, FailureClass::kTimeout, "the instance does not run");
  step.WaitUntil(step.now() + step.settings().boot_poll);
}

void OnVerifying(StepBuilder& step, const Event& event) {
  const Slot& slot = step.slot();
  if (const auto* read = std::get_if<InstanceRead>(&event)) {
    OnRead(step, read->instance);
  } else if (const auto* failed = std::get_if<CallFailed>(&event)) {
    if (TooLate(step)) return Fail(step, failed->failure, failed->words);
    step.BackOff();
  } else if (IsTick(event)) {
    const absl::Time lag_over = slot.state_since + step.settings().read_lag;
    if (slot.absent_reads > 0 && step.now() < lag_over) return step.WaitLongerFor(lag_over);
    step.Ask(ReadInstance{slot.instance_id});
  }
}

// The answer to CancelRequested, and to every tick once the deadline has passed. False: the slot
// goes on.
bool Cancel(StepBuilder& step) {
  if (step.slot().state == SlotState::kDeregistering) {
    if (!step.CleanupOverdue()) return false;
    Quarantine(step);
    return true;
  }
  if (!step.Overdue()) return false;
  Fail(step, FailureClass::kTimeout, "not in service until the activity's deadline");
  return true;
}

void Dispatch(StepBuilder& step, const Event& event) {
  switch (step.slot().state) {
    case SlotState::kVerifying:
      return OnVerifying(step, event);
    case SlotState::kRegistering:
      return GoOnRegistering(step, event);
    case SlotState::kDeregistering:
      if (OnDeregistering(step, event))
        Fail(step, FailureClass::kPermanent, "the instance is gone");
      return;
    case SlotState::kPlanned:
    case SlotState::kSending:
    case SlotState::kLooking:
    case SlotState::kBooting:
    case SlotState::kUndoing:
    case SlotState::kPicked:
    case SlotState::kDraining:
    case SlotState::kTracing:
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

domain::Member MemberAfter(domain::Member member, const Slot& slot) {
  member.registrations = slot.registrations;
  member.name = slot.instance_name;
  member.host_name = slot.host_name;
  member.private_ip = slot.private_ip;
  member.network_interface_id = slot.network_interface_id;
  if (IsFinal(slot.state)) member.activity_id.reset();
  if (slot.state == SlotState::kInService) {
    member.life_cycle = domain::LifeCycle::kInService;
    member.request_cause.reset();
    member.in_service_at = slot.state_since;
  }
  if (slot.state == SlotState::kFailed && IsGone(slot)) {
    member.life_cycle = domain::LifeCycle::kClosed;
    member.request_cause.reset();
    member.closed_at = slot.state_since;
  }
  return member;
}

}  // namespace

std::vector<Slot> PlanAttach(const Activity& activity, const std::vector<domain::Member>& attaching,
                             absl::Time now) {
  std::vector<Slot> slots;
  for (const domain::Member& member : attaching) {
    Slot slot =
        SlotOfMember(activity, static_cast<int>(slots.size()), SlotState::kVerifying, member, now);
    slot.registrations = member.registrations;
    // Its user may have registered it already.
    PutMissingInDoubt(activity.slb_configs, slot);
    slots.push_back(std::move(slot));
  }
  return slots;
}

Step AdvanceAttach(const StepContext& context, const Slot& slot, const domain::Member& member,
                   const Event& event) {
  if (IsFinal(slot.state)) return {.slot = slot, .intents = {}, .member = {}, .effect = {}};
  StepBuilder builder(context, slot);
  const bool cancel =
      std::holds_alternative<CancelRequested>(event) || (IsTick(event) && builder.Overdue());
  const bool leaves =
      member.life_cycle != domain::LifeCycle::kAttaching && slot.state != SlotState::kDeregistering;
  if (leaves) {
    RecordRegistration(builder.slot(), event);
    builder.MoveTo(SlotState::kCancelled);
  } else if (!cancel || !Cancel(builder)) {
    Dispatch(builder, event);
  }
  Step step = std::move(builder).Build();
  domain::Member after = MemberAfter(member, step.slot);
  if (after != member) step.member = std::move(after);
  return step;
}

}  // namespace accordion::activity
