// A member: one instance of a group, from the launch that was accepted (or the attach) until it has
// left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/domain/types.h"

namespace accordion::domain {

// One real server at a listener that is ours: deregistration goes by `register_id` (reliability.md
// 0.5).
struct Registration {
  ListenerId listener_id;
  int port = 0;
  // Empty: in doubt. A call that registers may have been made, so the listener is listed before
  // another one is.
  std::string register_id;

  bool InDoubt() const { return register_id.empty(); }

  friend bool operator==(const Registration&, const Registration&) = default;
};

// An elastic IP that was bought with the member's launch. It is ours to release once its instance
// is gone (semantics.md §7); an address that a user associated later is not.
struct BoughtAddress {
  std::string allocation_id;  // empty: bought, but not on record yet
  int64_t project_id = 0;     // reads of addresses name it

  friend bool operator==(const BoughtAddress&, const BoughtAddress&) = default;
};

struct Member {
  InstanceId instance_id;
  GroupId group_id;
  AccountId account_id;
  std::string name;
  std::string host_name;
  LifeCycle life_cycle = LifeCycle::kPending;
  Health health = Health::kHealthy;
  CreationType creation_type = CreationType::kAuto;
  SubnetId subnet_id;
  std::string zone;
  std::string instance_type;
  std::string private_ip;
  std::string network_interface_id;
  int64_t project_id = 0;
  bool is_protected = false;
  std::optional<ActivityId> activity_id;  // the open activity that works on it
  // The cause of the attach or detach that a user asked for and that has not succeeded yet.
  std::optional<std::string> request_cause;
  std::vector<Registration> registrations;
  std::optional<BoughtAddress> address;      // nullopt: no address was bought with it
  std::vector<std::string> surviving_disks;  // ids of data disks that outlive the instance
  absl::Time add_time;
  std::optional<absl::Time> in_service_at;    // samples count from here
  std::optional<absl::Time> unhealthy_since;  // when it turned UnHealthy; nullopt while Healthy
  std::optional<absl::Time> closed_at;

  friend bool operator==(const Member&, const Member&) = default;
};

}  // namespace accordion::domain
