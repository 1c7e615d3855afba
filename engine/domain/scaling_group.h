// A scaling group: a set of instances kept at a desired capacity between min size and max size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/domain/types.h"

namespace accordion::domain {

// Why desired capacity is what it is. Travels from the trigger through the group's row to the
// activity that follows; `text` is the sentence that the user reads (rendered by activity/cause
// when the trigger acts).
struct Cause {
  TriggerKind kind = TriggerKind::kCreate;
  std::string text;
  std::optional<PolicyId> policy_id;  // for kPolicy
  absl::Duration cooldown =
      absl::ZeroDuration();  // starts when the activity ends; policies only (I-14)

  friend bool operator==(const Cause&, const Cause&) = default;
};

enum class HealthCheck { kKec, kSlb };

// Every member is registered with `listener_id` at each of `ports`.
struct SlbConfig {
  std::string load_balancer_id;
  ListenerId listener_id;
  std::vector<int> ports;  // 1..65535
  int weight = 20;         // 0..100
  HealthCheck health_check = HealthCheck::kKec;

  friend bool operator==(const SlbConfig&, const SlbConfig&) = default;
};

struct ScalingGroup {
  GroupId id;
  AccountId account_id;
  std::string name;
  GroupStatus status = GroupStatus::kActive;
  int min_size = 0;
  int max_size = 0;
  int desired_capacity = 0;
  Cause desired_cause;
  ConfigurationId configuration_id;
  RemovePolicy remove_policy = RemovePolicy::kOldestInstance;
  std::string vpc_id;
  std::vector<SubnetId> subnet_ids;  // in the user's order; not empty
  std::string zone;                  // availability zone of the first subnet
  SubnetStrategy subnet_strategy = SubnetStrategy::kBalancedDistribution;
  std::vector<std::string> security_group_ids;
  std::vector<SlbConfig> slb_configs;
  std::vector<SubnetId>
      container_subnet_ids;  // restricts the placement of the next scale-out; usually empty
  absl::Time create_time;

  // Counters of the group's past, written by terminal commits only.
  std::optional<absl::Time> cooldown_until;         // policies hold until then
  std::optional<absl::Time> capacity_added_at;      // end of the last activity that added members
  std::optional<absl::Time> membership_changed_at;  // end of the last activity that changed members

  std::optional<absl::Time> delete_requested_at;  // a Delete's recorded intent (semantics.md §4)
  int failed_in_a_row = 0;  // activities that failed or were partial; retry back-off
  std::optional<absl::Time> retry_not_before;  // reconcile rests until then after a failure
  // The same for attaches and registrations, apart: a listener that refuses everything must not
  // delay launches and removals.
  int registrations_failed_in_a_row = 0;
  std::optional<absl::Time> registrations_not_before;
  // The launch breaker (launch_breaker.h): launches that failed for good, over activities, and when
  // the next probe is due; nullopt: launches aren't paused.
  int launch_errors_in_a_row = 0;
  std::optional<absl::Time> launch_probe_at;
  int64_t version = 0;  // grows with each write of the row

  friend bool operator==(const ScalingGroup&, const ScalingGroup&) = default;
};

}  // namespace accordion::domain
