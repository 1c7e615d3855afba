#include "engine/activity/event.h"

#include <iterator>

namespace accordion::activity {
namespace {

// In the order of the variants' alternatives.
constexpr const char* kEventNames[] = {
    "Resumed",           "Woken",           "CancelRequested",     "LaunchAccepted",
    "LaunchRejected",    "LaunchNotSent",   "LaunchUnknown",       "MarkerLookedUp",
    "InstanceRead",      "Registered",      "RegistrationsListed", "Deregistered",
    "TerminateAccepted", "AddressesListed", "AddressRead",         "AddressReleased",
    "CallFailed"};
static_assert(std::size(kEventNames) == std::variant_size_v<Event>);

constexpr const char* kEffectNames[] = {
    "Launch",     "LookUpMarker", "ReadInstance",  "ListRegistrations", "Register",
    "Deregister", "Terminate",    "ListAddresses", "ReadAddress",       "ReleaseAddress"};
static_assert(std::size(kEffectNames) == std::variant_size_v<Effect>);

}  // namespace

bool IsTick(const Event& event) {
  return std::holds_alternative<Resumed>(event) || std::holds_alternative<Woken>(event);
}

bool Mutates(const Effect& effect) {
  return std::holds_alternative<Launch>(effect) || std::holds_alternative<Register>(effect) ||
         std::holds_alternative<Deregister>(effect) || std::holds_alternative<Terminate>(effect) ||
         std::holds_alternative<ReleaseAddress>(effect);
}

const char* EventName(const Event& event) { return kEventNames[event.index()]; }

const char* EffectName(const Effect& effect) { return kEffectNames[effect.index()]; }

}  // namespace accordion::activity
