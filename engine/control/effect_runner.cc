#include "engine/control/effect_runner.h"

#include <utility>
#include <variant>

namespace accordion::control {
namespace {

constexpr char kNoLease[] = "the lease ends before the call could";

activity::Event Failed(const absl::Status& status) {
  return activity::CallFailed{.failure = ports::FailureClassOf(status),
                              .words = std::string(status.message())};
}

}  // namespace

EffectRunner::EffectRunner(Parts parts, const Settings& settings)
    : parts_(parts),
      send_timeout_(settings.cloud_call_timeout),
      time_zone_(settings.steps.time_zone) {}

std::string EffectRunner::NameOf(const activity::Activity& activity,
                                 const activity::Slot& slot) const {
  return ports::LaunchName(*activity.configuration, activity.group_id, slot.intent_id,
                           *slot.sent_at, time_zone_);
}

activity::Event EffectRunner::Run(const activity::Activity& activity, const activity::Slot& slot,
                                  const activity::Effect& effect) {
  if (activity::Mutates(effect) && !parts_.leases.MaySend(send_timeout_)) {
    if (std::holds_alternative<activity::Launch>(effect)) return activity::LaunchNotSent{kNoLease};
    return activity::CallFailed{activity::FailureClass::kTransient, kNoLease};
  }
  return std::visit([&](const auto& one) { return Do(activity, slot, one); }, effect);
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot& slot,
                                 const activity::Launch& launch) {
  return parts_.compute.Launch(activity.account_id,
                               {.marker = launch.intent_id,
                                .group_id = activity.group_id,
                                .pair = slot.pair,
                                .security_group_ids = activity.security_group_ids,
                                .configuration = &*activity.configuration,
                                .name = NameOf(activity, slot),
                                .signed_at = *slot.sent_at});
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot& slot,
                                 const activity::LookUpMarker& look_up) {
  absl::StatusOr<std::vector<activity::ObservedInstance>> found = parts_.compute.FindByMarker(
      activity.account_id, slot.project_id, NameOf(activity, slot), look_up.intent_id);
  if (!found.ok()) return Failed(found.status());
  return activity::MarkerLookedUp{*std::move(found)};
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot& slot,
                                 const activity::ReadInstance& read) {
  absl::StatusOr<std::vector<activity::ObservedInstance>> instances =
      parts_.compute.ReadInstances(activity.account_id, slot.project_id, {read.instance_id});
  if (!instances.ok()) return Failed(instances.status());
  if (instances->empty()) return activity::InstanceRead{std::nullopt};
  return activity::InstanceRead{std::move(instances->front())};
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot&,
                                 const activity::ListRegistrations& list) {
  std::vector<domain::ListenerId> listeners;
  if (list.listener_id.has_value()) {
    listeners.push_back(*list.listener_id);
  } else {
    for (const domain::SlbConfig& slb : activity.slb_configs) listeners.push_back(slb.listener_id);
  }
  activity::RegistrationsListed listed{.registrations = {}, .listener_id = list.listener_id};
  for (const domain::ListenerId& listener : listeners) {
    const absl::StatusOr<std::vector<ports::RealServer>> servers =
        parts_.load_balancers.List(activity.account_id, listener);
    // A listener that is gone has no real servers.
    if (absl::IsNotFound(servers.status())) continue;
    if (!servers.ok()) return Failed(servers.status());
    for (const ports::RealServer& server : *servers) {
      if (server.instance_id != list.instance_id) continue;
      listed.registrations.push_back({server.listener_id, server.port, server.register_id});
    }
  }
  return listed;
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot&,
                                 const activity::Register& call) {
  const absl::StatusOr<std::string> register_id =
      parts_.load_balancers.Register(activity.account_id, call);
  if (!register_id.ok()) return Failed(register_id.status());
  return activity::Registered{{call.listener_id, call.port, *register_id}};
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot&,
                                 const activity::Deregister& call) {
  const absl::Status done = parts_.load_balancers.Deregister(activity.account_id, call.register_id);
  if (!done.ok()) return Failed(done);
  return activity::Deregistered{call.register_id};
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot&,
                                 const activity::Terminate& call) {
  const absl::Status done = parts_.compute.Terminate(activity.account_id, call.instance_id);
  if (!done.ok()) return Failed(done);
  return activity::TerminateAccepted{};
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot&,
                                 const activity::ListAddresses& look) {
  absl::StatusOr<std::vector<activity::ObservedAddress>> addresses =
      parts_.addresses.AddressesOf(activity.account_id, look);
  if (!addresses.ok()) return Failed(addresses.status());
  return activity::AddressesListed{*std::move(addresses)};
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot&,
                                 const activity::ReadAddress& read) {
  absl::StatusOr<std::optional<activity::ObservedAddress>> address =
      parts_.addresses.ReadAddress(activity.account_id, read);
  if (!address.ok()) return Failed(address.status());
  return activity::AddressRead{*std::move(address)};
}

activity::Event EffectRunner::Do(const activity::Activity& activity, const activity::Slot&,
                                 const activity::ReleaseAddress& call) {
  const absl::Status done =
      parts_.addresses.ReleaseAddress(activity.account_id, call.allocation_id);
  if (!done.ok()) return Failed(done);
  return activity::AddressReleased{};
}

}  // namespace accordion::control
