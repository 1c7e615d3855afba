// Events and effects: what the world tells a slot, and what a slot asks of the world.
//
// `Advance(slot, event, now)` (scale_out.h, scale_in.h, ...) is pure. The worker commits the slot
// that it returns, then runs the effect, then feeds the outcome back as the next event: persist,
// call, persist.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "engine/activity/activity.h"

namespace accordion::activity {

// ---- Events ----

// The engine begins or resumes the slot: nothing is known of calls that may have been under way.
struct Resumed {};
// The time that the slot asked to be woken at has come.
struct Woken {};
// The activity's deadline has passed, or the group was disabled before anything was sent.
struct CancelRequested {};

struct LaunchAccepted {
  domain::InstanceId instance_id;
  std::string instance_name;
};
// The cloud answered and did not execute: 400/403/404/409 with a parsed error.
struct LaunchRejected {
  FailureClass failure = FailureClass::kPermanent;
  std::string words;
};
// Zero request bytes were written: the same bytes may be sent again.
struct LaunchNotSent {
  std::string words;
};
// Anything else: 5xx, timeout, reset, unparsable answer.
struct LaunchUnknown {
  std::string words;
};

// The cloud's view of one instance.
struct ObservedInstance {
  enum class Power { kInProgress, kRunning, kStopped, kError };
  domain::InstanceId instance_id;
  std::string name;
  std::string host_name;
  Power power = Power::kInProgress;
  std::string private_ip;
  std::string network_interface_id;
  std::string zone;
  std::vector<std::string> surviving_disks;  // ids of data disks that aren't deleted with it
  // From the tags of its launch; empty where the answer has none. What the name says of a launch is
  // for the caller to compare (launch_name.h).
  domain::IntentId marker;
  domain::GroupId group_id;
  int64_t project_id = 0;
  absl::Time created_at = absl::InfiniteFuture();  // by the cloud's clock; that: it did not say
};
// The cloud's view of one elastic IP.
struct ObservedAddress {
  std::string allocation_id;
  bool associated = false;
  domain::InstanceId instance_id;  // whom it is associated with, if that is an instance
};
// Result of a complete, error-free look-up by marker: every instance that carries it.
struct MarkerLookedUp {
  std::vector<ObservedInstance> found;
};
// Result of an error-free read by id; nullopt: this read does not have it.
struct InstanceRead {
  std::optional<ObservedInstance> instance;
};

struct Registered {
  domain::Registration registration;
};
// All real servers of this instance at the listeners asked about, by complete lists.
struct RegistrationsListed {
  std::vector<domain::Registration> registrations;
  std::optional<domain::ListenerId> listener_id = {};  // nullopt: all listeners of the group
};
struct Deregistered {  // also when the cloud says that it is not there
  std::string register_id;
};
struct TerminateAccepted {};  // also when the cloud says that it is not there
// Result of a complete, error-free list of the addresses that the instance has.
struct AddressesListed {
  std::vector<ObservedAddress> addresses;
};
// Result of an error-free read by allocation id; nullopt: this read does not have it.
struct AddressRead {
  std::optional<ObservedAddress> address;
};
struct AddressReleased {};  // also when the cloud says that it is not there
// An idempotent call or a read failed; nothing is inferred from it.
struct CallFailed {
  FailureClass failure = FailureClass::kTransient;
  std::string words;
};

using Event = std::variant<Resumed, Woken, CancelRequested, LaunchAccepted, LaunchRejected,
                           LaunchNotSent, LaunchUnknown, MarkerLookedUp, InstanceRead, Registered,
                           RegistrationsListed, Deregistered, TerminateAccepted, AddressesListed,
                           AddressRead, AddressReleased, CallFailed>;

// Whether nothing has come from the world: the slot is resumed, or its time has come.
bool IsTick(const Event& event);

// ---- Effects ----

struct Launch {  // one RunInstances, signed with the slot's sent_at
  domain::IntentId intent_id;
};
struct LookUpMarker {
  domain::IntentId intent_id;
};
struct ReadInstance {
  domain::InstanceId instance_id;
};
struct ListRegistrations {
  domain::InstanceId instance_id;
  std::optional<domain::ListenerId> listener_id = {};  // nullopt: all listeners of the group
};
struct Register {
  domain::InstanceId instance_id;
  domain::ListenerId listener_id;
  int port = 0;
  int weight = 20;
  std::string private_ip;
  std::string network_interface_id;
};
struct Deregister {
  std::string register_id;
};
struct Terminate {
  domain::InstanceId instance_id;
};
struct ListAddresses {
  domain::InstanceId instance_id;
  std::string network_interface_id;  // may be empty
  int64_t project_id = 0;            // of the addresses
};
struct ReadAddress {
  std::string allocation_id;
  int64_t project_id = 0;
};
struct ReleaseAddress {
  std::string allocation_id;
};

using Effect = std::variant<Launch, LookUpMarker, ReadInstance, ListRegistrations, Register,
                            Deregister, Terminate, ListAddresses, ReadAddress, ReleaseAddress>;

// Whether the effect changes the cloud, and so may only be sent within the lease's deadline (I-11).
bool Mutates(const Effect& effect);

const char* EventName(const Event& event);
const char* EffectName(const Effect& effect);

}  // namespace accordion::activity
