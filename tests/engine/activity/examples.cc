#include "tests/engine/activity/examples.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace accordion::activity {
namespace {

const char* LifeCycleName(domain::LifeCycle life_cycle) {
  switch (life_cycle) {
    case domain::LifeCycle::kPending:
      return "Pending";
    case domain::LifeCycle::kInService:
      return "InService";
    case domain::LifeCycle::kAttaching:
      return "Attaching";
    case domain::LifeCycle::kDetaching:
      return "Detaching";
    case domain::LifeCycle::kTerminating:
      return "Terminating";
    case domain::LifeCycle::kClosed:
      break;
  }
  return "Closed";
}

Activity ExampleActivity(domain::ActivityType type) {
  Activity activity;
  activity.id = domain::ActivityId(7);
  activity.group_id = domain::GroupId(5);
  activity.account_id = domain::AccountId("acc");
  activity.type = type;
  activity.cause.text = "cause";
  activity.start_time = ExampleStart();
  activity.deadline = ExampleStart() + absl::Minutes(60);
  activity.slb_configs = {
      {.load_balancer_id = "slb", .listener_id = domain::ListenerId("lsn"), .ports = {80, 81}}};
  return activity;
}

}  // namespace

absl::Time ExampleStart() { return absl::FromUnixSeconds(1767225600); }

Activity ExampleScaleOut() {
  Activity activity = ExampleActivity(domain::ActivityType::kScaleOut);
  activity.configuration.emplace();
  activity.configuration->instance_types = {"S4.2A", "S4.4A"};
  activity.configuration->project_id = 42;
  return activity;
}

Activity ExampleScaleIn() { return ExampleActivity(domain::ActivityType::kScaleIn); }

Activity ExampleDetach() { return ExampleActivity(domain::ActivityType::kDetach); }

Activity ExampleAttach() { return ExampleActivity(domain::ActivityType::kAttach); }

StepContext ExampleContext(const Activity& activity, absl::Duration after) {
  StepContext context;
  context.activity = &activity;
  context.now = ExampleStart() + after;
  context.subnets = {
      {.subnet_id = domain::SubnetId("subnet-a"), .members = 0, .free_addresses = {}},
      {.subnet_id = domain::SubnetId("subnet-b"), .members = 0, .free_addresses = {}}};
  context.fresh_intent = domain::IntentId("fresh");
  context.jitter = UINT64_MAX;
  return context;
}

Slot LaunchSlot(SlotState state) {
  Slot slot;
  slot.activity_id = domain::ActivityId(7);
  slot.state = state;
  slot.pair = {domain::SubnetId("subnet-a"), "S4.2A"};
  slot.intent_id = domain::IntentId("first");
  slot.project_id = 42;
  slot.state_since = ExampleStart();
  if (state == SlotState::kPlanned) return slot;
  slot.sent_at = ExampleStart();
  if (state == SlotState::kSending) return slot;
  slot.launches = 1;
  if (state == SlotState::kLooking) return slot;
  slot.instance_id = domain::InstanceId("i-1");
  slot.private_ip = "10.0.0.5";
  slot.network_interface_id = "eni";
  if (state == SlotState::kUndoing) slot.registrations = {RegistrationAt(80), RegistrationAt(81)};
  return slot;
}

Slot RemovalSlot(SlotState state) {
  Slot slot = PlanScaleIn(ExampleScaleIn(), {ExampleMember()}, ExampleStart()).front();
  slot.state = state;
  slot.wake_at.reset();
  if (state == SlotState::kDeregistering) slot.registrations = ExampleMember().registrations;
  return slot;
}

domain::Member ExampleMember(domain::CreationType creation_type) {
  domain::Member member;
  member.instance_id = domain::InstanceId("i-1");
  member.group_id = domain::GroupId(5);
  member.account_id = domain::AccountId("acc");
  member.life_cycle = domain::LifeCycle::kTerminating;
  member.creation_type = creation_type;
  member.activity_id = domain::ActivityId(7);
  member.registrations = {RegistrationAt(80), RegistrationAt(81)};
  return member;
}

ObservedInstance Observed(ObservedInstance::Power power) {
  return {.instance_id = domain::InstanceId("i-1"),
          .name = "as-5-first",
          .host_name = "host",
          .power = power,
          .private_ip = "10.0.0.5",
          .network_interface_id = "eni",
          .zone = "zone-a"};
}

domain::Registration RegistrationAt(int port) {
  return {domain::ListenerId("lsn"), port, absl::StrCat("r", port)};
}

domain::Registration InDoubtAt(int port) { return {domain::ListenerId("lsn"), port, ""}; }

domain::Member AttachingMember() {
  domain::Member member = ExampleMember(domain::CreationType::kManual);
  member.life_cycle = domain::LifeCycle::kAttaching;
  member.request_cause = "a user's";
  member.private_ip = "10.0.0.9";
  member.registrations.clear();
  return member;
}

std::string Summary(const StepContext& context, const Step& step) {
  std::string text = SlotStateName(step.slot.state);
  for (const IntentChange& change : step.intents) {
    absl::StrAppend(&text,
                    " intent:", change.from.has_value() ? IntentStateName(*change.from) : "new",
                    ">", IntentStateName(change.intent.state));
  }
  if (step.effect.has_value()) absl::StrAppend(&text, " do:", EffectName(*step.effect));
  if (step.slot.wake_at.has_value()) {
    absl::StrAppend(&text, " wake:", absl::FormatDuration(*step.slot.wake_at - context.now));
  }
  if (step.member.has_value())
    absl::StrAppend(&text, " member:", LifeCycleName(step.member->life_cycle));
  return text;
}

}  // namespace accordion::activity
