// What the store knows of one account as a whole, and the orphans that were found in its cloud: for
// the loops that compare the two (control/account_sweep.h). Every call names the account (I-23).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/member.h"
#include "engine/domain/types.h"

namespace accordion::ports {

// An instance that a launch of ours left behind and no group has. Written down before it is
// terminated, so that the caps hold over restarts (I-5).
struct Orphan {
  domain::AccountId account_id;
  domain::InstanceId instance_id;
  domain::IntentId intent_id;  // the launch that made it
  int64_t project_id = 0;
  std::optional<domain::BoughtAddress> address;  // nullopt: its launch bought none
  int absent_reads = 0;                          // reads by id, one read lag apart, that missed it
  absl::Time found_at;
  std::optional<absl::Time> gone_at;  // proven gone, its address released

  friend bool operator==(const Orphan&, const Orphan&) = default;
};

class SweepStore {
 public:
  virtual ~SweepStore() = default;

  // Accounts that have a group, ever launched an instance, or have an open orphan; in order of id.
  virtual absl::StatusOr<std::vector<domain::AccountId>> Accounts() = 0;
  // Projects that the account has members in or ever sent a launch into, in order.
  virtual absl::StatusOr<std::vector<int64_t>> Projects(const domain::AccountId& account) = 0;
  // Those of `ids` that are members of a group or ever were, in order.
  virtual absl::StatusOr<std::vector<domain::InstanceId>> EverMembers(
      const domain::AccountId& account, absl::Span<const domain::InstanceId> ids) = 0;

  // kAlreadyExists if the instance is on record.
  virtual absl::Status InsertOrphan(const Orphan& orphan) = 0;
  virtual absl::Status UpdateOrphan(const Orphan& orphan) = 0;
  // Not gone yet, the oldest first.
  virtual absl::StatusOr<std::vector<Orphan>> OpenOrphans(const domain::AccountId& account) = 0;
  // Found after `time`.
  virtual absl::StatusOr<int> OrphansSince(const domain::AccountId& account, absl::Time time) = 0;
};

}  // namespace accordion::ports
