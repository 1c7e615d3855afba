#include "engine/activity/scale_out.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

#include "engine/activity/departure.h"
#include "engine/activity/launch_attempt.h"
#include "engine/activity/member_slot.h"

namespace accordion::activity {
namespace {

// The first listener and port that the instance is not registered with yet.
std::optional<Register> NextRegistration(const Activity& activity, const Slot& slot) {
  for (const domain::SlbConfig& slb : activity.slb_configs) {
    for (const int port : slb.ports) {
      const bool done = std::any_of(slot.registrations.begin(), slot.registrations.end(),
                                    [&](const domain::Registration& one) {
                                      return one.listener_id == slb.listener_id && one.port == port;
                                    });
      if (done) continue;
      return Register{.instance_id = slot.instance_id,
                      .listener_id = slb.listener_id,
                      .port = port,
                      .weight = slb.weight,
                      .private_ip = slot.private_ip,
                      .network_interface_id = slot.network_interface_id};
    }
  }
  return std::nullopt;
}

void StartUndoing(StepBuilder& step, FailureClass failure, absl::string_view words) {
  step.Blame(failure, words);
  step.MoveTo(SlotState::kUndoing);
  step.WaitUntil(step.now());
}

// Asks for the next registration; in service when there is none. Lists first while it is in doubt
// what the cloud has.
void GoOnRegistering(StepBuilder& step) {
  Slot& slot = step.slot();
  if (slot.must_list) {
    step.Ask(ListRegistrations{slot.instance_id});
    return;
  }
  if (std::optional<Register> next = NextRegistration(*step.context().activity, slot)) {
    step.Ask(*std::move(next));
    return;
  }
  slot.failure = FailureClass::kNone;
  slot.failure_words.clear();
  step.MoveTo(SlotState::kInService);
}

void Running(StepBuilder& step) {
  if (NextRegistration(*step.context().activity, step.slot()).has_value()) {
    step.MoveTo(SlotState::kRegistering);
  }
  GoOnRegistering(step);
}

// It runs, and its address may be told to listeners. It serves only once the address that was
// bought with it is on record, or that could never be told from a user's own.
void Usable(StepBuilder& step) {
  if (!AddressUnknown(step.slot())) return Running(step);
  step.Ask(LookForAddress(step.slot()));
}

bool TooLate(StepBuilder& step) {
  return step.now() >= step.slot().state_since + step.settings().launch_timeout;
}

void OnRead(StepBuilder& step, const std::optional<ObservedInstance>& seen) {
  Slot& slot = step.slot();
  slot.attempts = 0;
  if (seen.has_value()) {
    Observe(slot, *seen);
    switch (seen->power) {
      case ObservedInstance::Power::kError:
        return StartUndoing(step, FailureClass::kPermanent, "the instance came up in error");
      case ObservedInstance::Power::kStopped:
        return StartUndoing(step, FailureClass::kPermanent, "the instance came up stopped");
      case ObservedInstance::Power::kRunning:
        // A listener is told the address, which the cloud may show a moment after "running".
        if (!slot.private_ip.empty() || step.context().activity->slb_configs.empty())
          return Usable(step);
        break;
      case ObservedInstance::Power::kInProgress:
        break;
    }
  }
  // A read that misses it proves nothing: reads lag.
  if (TooLate(step))
    return StartUndoing(step, FailureClass::kTimeout, "the instance did not come up in time");
  step.WaitUntil(step.now() + step.settings().boot_poll);
}

void OnAddresses(StepBuilder& step, const std::vector<ObservedAddress>& listed) {
  if (!step.slot().address.has_value() || RecordAddress(step.slot(), listed)) return Running(step);
  if (TooLate(step))
    return StartUndoing(step, FailureClass::kTimeout, "its elastic IP did not show up in time");
  step.WaitUntil(step.now() + step.settings().boot_poll);
}

void OnBooting(StepBuilder& step, const Event& event) {
  if (const auto* read = std::get_if<InstanceRead>(&event)) {
    OnRead(step, read->instance);
  } else if (const auto* listed = std::get_if<AddressesListed>(&event)) {
    OnAddresses(step, listed->addresses);
  } else if (const auto* failed = std::get_if<CallFailed>(&event)) {
    if (TooLate(step)) return StartUndoing(step, FailureClass::kTimeout, failed->words);
    step.BackOff();
  } else if (IsTick(event)) {
    step.Ask(ReadInstance{step.slot().instance_id});
  }
}

void OnRegistering(StepBuilder& step, const Event& event) {
  Slot& slot = step.slot();
  if (const auto* registered = std::get_if<Registered>(&event)) {
    AdoptRegistrations(slot, {registered->registration});
    slot.attempts = 0;
    GoOnRegistering(step);
  } else if (const auto* listed = std::get_if<RegistrationsListed>(&event)) {
    AdoptRegistrations(slot, listed->registrations);
    slot.must_list = false;
    GoOnRegistering(step);
  } else if (const auto* failed = std::get_if<CallFailed>(&event)) {
    slot.must_list = true;  // the call may have registered it all the same
    if (TooLate(step)) return StartUndoing(step, failed->failure, failed->words);
    step.BackOff();
  } else if (IsTick(event)) {
    if (std::holds_alternative<Resumed>(event)) slot.must_list = true;
    GoOnRegistering(step);
  }
}

// The answer to CancelRequested, and to every tick once the deadline has passed. False: the slot
// goes on.
bool Cancel(StepBuilder& step) {
  Slot& slot = step.slot();
  switch (slot.state) {
    case SlotState::kPlanned:
      step.ChangeIntent(slot.sent_at.has_value() ? IntentState::kSent : IntentState::kPrepared,
                        IntentState::kRejected, "cancelled before sending");
      step.MoveTo(SlotState::kCancelled);
      return true;
    case SlotState::kSending:
      if (!step.Overdue()) return false;
      step.ChangeIntent(IntentState::kSent, IntentState::kUnknown, "no answer until the deadline");
      Quarantine(step);
      return true;
    case SlotState::kLooking:
      if (!step.Overdue()) return false;
      Quarantine(step);
      return true;
    case SlotState::kBooting:
    case SlotState::kRegistering:
      if (!step.Overdue()) return false;
      StartUndoing(step, FailureClass::kTimeout, "not in service until the activity's deadline");
      return true;
    case SlotState::kUndoing:
    case SlotState::kTracing:
    case SlotState::kTerminating:
    case SlotState::kProving:
    case SlotState::kReleasing:
      if (!step.CleanupOverdue()) return false;
      Quarantine(step);
      return true;
    case SlotState::kPicked:
    case SlotState::kDeregistering:
    case SlotState::kDraining:
    case SlotState::kVerifying:
    case SlotState::kWaiting:
    case SlotState::kInService:
    case SlotState::kLeft:
    case SlotState::kFailed:
    case SlotState::kQuarantined:
    case SlotState::kCancelled:
      break;
  }
  return false;
}

void Dispatch(StepBuilder& step, const Event& event) {
  switch (step.slot().state) {
    case SlotState::kPlanned:
      return OnPlanned(step, event);
    case SlotState::kSending:
      return OnSending(step, event);
    case SlotState::kLooking:
      return OnLooking(step, event);
    case SlotState::kBooting:
      return OnBooting(step, event);
    case SlotState::kRegistering:
      return OnRegistering(step, event);
    case SlotState::kUndoing:
      if (OnDeregistering(step, event)) StartLeaving(step);
      return;
    case SlotState::kTracing:
      return OnTracing(step, event);
    case SlotState::kTerminating:
      return OnTerminating(step, event);
    case SlotState::kProving:
      return OnProving(step, event, SlotState::kFailed);
    case SlotState::kReleasing:
      return OnReleasing(step, event, SlotState::kFailed);
    case SlotState::kPicked:
    case SlotState::kDeregistering:
    case SlotState::kDraining:
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

domain::LifeCycle LifeCycleOf(SlotState state) {
  switch (state) {
    case SlotState::kInService:
      return domain::LifeCycle::kInService;
    case SlotState::kFailed:
      return domain::LifeCycle::kClosed;
    case SlotState::kUndoing:
    case SlotState::kTracing:
    case SlotState::kTerminating:
    case SlotState::kProving:
    case SlotState::kReleasing:
    case SlotState::kQuarantined:
      return domain::LifeCycle::kTerminating;
    case SlotState::kPlanned:
    case SlotState::kSending:
    case SlotState::kLooking:
    case SlotState::kBooting:
    case SlotState::kRegistering:
    case SlotState::kPicked:
    case SlotState::kDeregistering:
    case SlotState::kDraining:
    case SlotState::kVerifying:
    case SlotState::kWaiting:
    case SlotState::kLeft:
    case SlotState::kCancelled:
      break;
  }
  return domain::LifeCycle::kPending;
}

// The member row is a function of the slot; none until the instance's id is known.
std::optional<domain::Member> MemberOf(const Activity& activity, const Slot& slot) {
  if (slot.instance_id.value().empty()) return std::nullopt;
  domain::Member member;
  member.instance_id = slot.instance_id;
  member.group_id = activity.group_id;
  member.account_id = activity.account_id;
  member.name = slot.instance_name;
  member.host_name = slot.host_name;
  member.life_cycle = LifeCycleOf(slot.state);
  member.creation_type = slot.creation_type;
  member.subnet_id = slot.pair.subnet_id;
  member.zone = slot.zone;
  member.instance_type = slot.pair.instance_type;
  member.private_ip = slot.private_ip;
  member.network_interface_id = slot.network_interface_id;
  member.project_id = slot.project_id;
  if (!IsFinal(slot.state)) member.activity_id = activity.id;
  member.registrations = slot.registrations;
  member.address = slot.address;
  member.surviving_disks = slot.surviving_disks;
  member.add_time = *slot.sent_at;
  if (slot.state == SlotState::kInService) member.in_service_at = slot.state_since;
  if (slot.state == SlotState::kFailed) member.closed_at = slot.state_since;
  return member;
}

}  // namespace

ScaleOutPlan PlanScaleOut(const Activity& activity,
                          const std::vector<domain::PlacementPair>& placed,
                          const std::vector<domain::IntentId>& markers, absl::Time now) {
  assert(placed.size() == markers.size());
  ScaleOutPlan plan;
  for (size_t i = 0; i < placed.size(); ++i) {
    Slot slot;
    slot.activity_id = activity.id;
    slot.number = static_cast<int>(i);
    slot.pair = placed[i];
    slot.intent_id = markers[i];
    slot.project_id = activity.configuration->project_id;
    if (activity.configuration->BuysAddress()) {
      slot.address.emplace();
      slot.address->project_id = activity.configuration->address.ProjectId();
    }
    slot.state_since = now;
    slot.wake_at = now;

    LaunchIntent intent;
    intent.id = markers[i];
    intent.account_id = activity.account_id;
    intent.group_id = activity.group_id;
    intent.activity_id = activity.id;
    intent.slot = slot.number;
    intent.pair = placed[i];
    plan.slots.push_back(std::move(slot));
    plan.intents.push_back(std::move(intent));
  }
  return plan;
}

Step AdvanceLaunch(const StepContext& context, const Slot& slot, const Event& event) {
  StepBuilder builder(context, slot);
  const bool cancel =
      std::holds_alternative<CancelRequested>(event) || (IsTick(event) && builder.Overdue());
  if (!cancel || !Cancel(builder)) Dispatch(builder, event);
  Step step = std::move(builder).Build();
  std::optional<domain::Member> member = MemberOf(*context.activity, step.slot);
  if (member != MemberOf(*context.activity, slot)) step.member = std::move(member);
  return step;
}

}  // namespace accordion::activity
