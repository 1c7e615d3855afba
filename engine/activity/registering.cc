#include "engine/activity/registering.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "engine/activity/departure.h"
#include "engine/domain/endpoint.h"

namespace accordion::activity {
namespace {

domain::Registration* Find(Slot& slot, const domain::ListenerId& listener, int port) {
  const auto found = std::find_if(slot.registrations.begin(), slot.registrations.end(),
                                  [&](const domain::Registration& one) {
                                    return one.listener_id == listener && one.port == port;
                                  });
  return found == slot.registrations.end() ? nullptr : &*found;
}

void Confirm(Slot& slot, const domain::Registration& certain) {
  domain::Registration* known = Find(slot, certain.listener_id, certain.port);
  if (known != nullptr && known->InDoubt()) {
    known->register_id = certain.register_id;
  } else {
    AdoptRegistrations(slot, {certain});  // of two at one endpoint both are known
  }
}

// Asks for what the next missing endpoint needs.
Registering AskForNext(StepBuilder& step) {
  Slot& slot = step.slot();
  const std::vector<domain::Endpoint> missing =
      domain::MissingEndpoints(step.context().activity->slb_configs, slot.registrations);
  if (missing.empty()) return Registering::kDone;
  const domain::Endpoint& next = missing[static_cast<size_t>(slot.attempts) % missing.size()];
  if (Find(slot, next.listener_id, next.port) != nullptr) {
    step.Ask(ListRegistrations{slot.instance_id, next.listener_id});
    return Registering::kGoesOn;
  }
  slot.registrations.push_back({next.listener_id, next.port, ""});
  step.Ask(Register{.instance_id = slot.instance_id,
                    .listener_id = next.listener_id,
                    .port = next.port,
                    .weight = next.weight,
                    .private_ip = slot.private_ip,
                    .network_interface_id = slot.network_interface_id});
  return Registering::kGoesOn;
}

}  // namespace

void SettleDoubt(Slot& slot, const RegistrationsListed& listed,
                 absl::Span<const domain::SlbConfig> wanted) {
  for (const domain::Registration& one : listed.registrations) {
    if (Find(slot, one.listener_id, one.port) != nullptr || domain::IsWanted(wanted, one))
      Confirm(slot, one);
  }
  std::erase_if(slot.registrations, [&](const domain::Registration& one) {
    return one.InDoubt() && one.listener_id == listed.listener_id;
  });
}

void PutMissingInDoubt(absl::Span<const domain::SlbConfig> wanted, Slot& slot) {
  for (const domain::Endpoint& one : domain::MissingEndpoints(wanted, slot.registrations)) {
    if (Find(slot, one.listener_id, one.port) == nullptr)
      slot.registrations.push_back({one.listener_id, one.port, ""});
  }
}

void AskToDeregister(StepBuilder& step, const domain::Registration& one) {
  if (one.InDoubt()) {
    step.Ask(ListRegistrations{step.slot().instance_id, one.listener_id});
  } else {
    step.Ask(Deregister{one.register_id});
  }
}

bool FailedTooOften(StepBuilder& step, const CallFailed& failed, size_t endpoints) {
  step.Blame(failed.failure, failed.words);
  // Each endpoint has had its turn.
  const int limit =
      std::max(step.settings().max_registration_failures, static_cast<int>(endpoints));
  const bool throttled = failed.failure == FailureClass::kThrottled;
  if (!throttled && step.slot().attempts + 1 >= limit) return true;
  step.BackOff();
  // "Not so fast" says nothing against the endpoint: it never is the failure too many.
  if (throttled) step.slot().attempts = std::clamp(step.slot().attempts, 0, std::max(0, limit - 2));
  return false;
}

void RecordRegistration(Slot& slot, const Event& event) {
  if (const auto* registered = std::get_if<Registered>(&event)) {
    Confirm(slot, registered->registration);
  }
}

Registering OnRegisteringEndpoints(StepBuilder& step, const Event& event) {
  Slot& slot = step.slot();
  const std::vector<domain::SlbConfig>& wanted = step.context().activity->slb_configs;
  if (const auto* failed = std::get_if<CallFailed>(&event)) {
    const size_t missing = domain::MissingEndpoints(wanted, slot.registrations).size();
    return FailedTooOften(step, *failed, missing) ? Registering::kGaveUp : Registering::kGoesOn;
  }
  if (std::holds_alternative<Registered>(event)) {
    RecordRegistration(slot, event);
    slot.attempts = 0;
  } else if (const auto* listed = std::get_if<RegistrationsListed>(&event)) {
    SettleDoubt(slot, *listed, wanted);
  } else if (!IsTick(event)) {
    return Registering::kGoesOn;
  }
  return AskForNext(step);
}

}  // namespace accordion::activity
