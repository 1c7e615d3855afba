// An activity: one durable, user-visible attempt to change the membership of a group, and its
// slots.
//
// A slot is one instance that the activity adds or removes; each has a small state machine of its
// own (scale_out.h, scale_in.h), persisted before each call to the cloud. The activity ends when
// every slot has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/domain/member.h"
#include "engine/domain/placement.h"
#include "engine/domain/scaling_configuration.h"
#include "engine/domain/scaling_group.h"
#include "engine/domain/types.h"

namespace accordion::activity {

enum class SlotState {
  // A launch (scale-out)
  kPlanned,      // intent PREPARED, nothing sent
  kSending,      // intent SENT was committed; the call may or may not have happened
  kLooking,      // outcome unknown: looking for the marker
  kBooting,      // instance id known, not running yet
  kRegistering,  // running; being registered with the listeners
  kInService,    // end: a member in service
  kUndoing,      // has an instance that must not stay: deregister, then terminate
  // A removal (scale-in)
  kPicked,  // committed as victim, nothing sent
  kDeregistering,
  kDraining,
  // An attach (before kRegistering)
  kVerifying,  // being read: does it still run?
  // Both: an instance is going
  kTracing,      // an address was bought with it and isn't on record: look before it goes
  kTerminating,  // terminate was decided; retried freely, same id, same effect
  kProving,      // terminate accepted; waiting for two by-id reads that miss it
  kReleasing,    // gone; the address that was bought with it is given back
  // Ends
  kLeft,         // end of a removal: gone, or detached and left running
  kFailed,       // end: no instance of ours remains from it
  kQuarantined,  // end: outcome still unknown at the activity's deadline; its intent stays counted
  kCancelled,    // end: never sent
};
bool IsFinal(SlotState state);
const char* SlotStateName(SlotState state);

// How the cloud's refusal is treated (taxonomy of codes: a setting of engine/cloud).
enum class FailureClass {
  kNone,
  kStock,       // this (subnet, type) pair has none left: try the next pair
  kNoAddress,   // this subnet is full: try the next subnet
  kQuota,       // the account's quota: own back-off
  kThrottled,   // LimitExceeded: again later
  kAuth,        // the account's credential is refused
  kPermanent,   // arrears, gone image, a parameter the cloud won't take
  kTransient,   // 5xx, timeouts on calls that may be repeated
  kTimeout,     // did not come up within the launch timeout
  kUnresolved,  // outcome unknown until the horizon
};

// What the cloud refused a launch at one pair for, and how often.
struct Refusal {
  domain::PlacementPair pair;
  FailureClass failure = FailureClass::kNone;
  int count = 0;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

struct Slot {
  domain::ActivityId activity_id;
  int number = 0;
  SlotState state = SlotState::kPlanned;
  domain::CreationType creation_type = domain::CreationType::kAuto;

  // Launch
  domain::PlacementPair pair;
  domain::IntentId intent_id;                // the current one; each attempt has its own
  std::vector<domain::PlacementPair> tried;  // pairs that were out of stock in this activity
  std::vector<Refusal> refusals;             // of this slot, in the order of the first of each
  std::optional<absl::Time> sent_at;
  int negative_lookups = 0;  // complete sweeps that missed the marker

  // The instance
  domain::InstanceId instance_id;
  std::string instance_name;
  std::string host_name;
  std::string private_ip;
  std::string network_interface_id;
  std::string zone;
  int64_t project_id = 0;  // reads and look-ups name it, or the cloud shows project 0 only
  std::vector<domain::Registration> registrations;
  bool must_list = false;  // registrations at the cloud are in doubt: list before registering
  int absent_reads = 0;    // by-id reads that missed it after an accepted terminate
  std::optional<domain::BoughtAddress> address;  // as in domain::Member, here and below
  std::vector<std::string> surviving_disks;

  int attempts = 0;  // of the current state's call
  int launches = 0;  // intents used
  absl::Time state_since;
  std::optional<absl::Time> wake_at;
  FailureClass failure = FailureClass::kNone;
  std::string failure_words;  // the cloud's words, for the cause; no secrets

  friend bool operator==(const Slot&, const Slot&) = default;
};

enum class IntentState { kPrepared, kSent, kAccepted, kRejected, kUnknown, kAdopted, kAbandoned };
const char* IntentStateName(IntentState state);

// One RunInstances of exactly one instance, written down before it is sent (reliability.md C3).
struct LaunchIntent {
  domain::IntentId id;
  domain::AccountId account_id;
  domain::GroupId group_id;
  domain::ActivityId activity_id;
  int slot = 0;
  IntentState state = IntentState::kPrepared;
  domain::PlacementPair pair;
  std::optional<absl::Time>
      sent_at;  // database time of the SENT commit; the request is signed with it
  std::optional<absl::Time> send_not_after;
  // What a look-up needs once the activity has ended; set with `sent_at`.
  std::string launch_name;
  int64_t project_id = 0;
  std::optional<int64_t> address_project_id;  // nullopt: the launch buys no address
  domain::InstanceId instance_id;             // when known
  std::string outcome;                        // the cloud's words

  friend bool operator==(const LaunchIntent&, const LaunchIntent&) = default;
};

struct Activity {
  domain::ActivityId id;
  domain::GroupId group_id;
  domain::AccountId account_id;
  domain::ActivityType type = domain::ActivityType::kScaleOut;
  domain::ActivityStatus status = domain::ActivityStatus::kRunning;
  domain::Cause cause;
  std::string description;
  absl::Time start_time;
  std::optional<absl::Time> end_time;
  absl::Time deadline;
  int error_code = 0;
  std::vector<domain::InstanceId> succeeded;
  std::vector<domain::InstanceId> failed;

  // Snapshots: an edit while the activity is open changes nothing of it (semantics.md §13).
  std::optional<domain::ScalingConfiguration> configuration;  // scale-out only; sealed at rest
  std::vector<domain::SlbConfig> slb_configs;
  std::vector<std::string> security_group_ids;

  friend bool operator==(const Activity&, const Activity&) = default;
};

}  // namespace accordion::activity
