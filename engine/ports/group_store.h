// Scaling groups in the store. Every call names the account (I-23).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/scaling_group.h"
#include "engine/ports/page.h"

namespace accordion::ports {

struct GroupKey {
  domain::AccountId account_id;
  domain::GroupId group_id;

  friend bool operator==(const GroupKey&, const GroupKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const GroupKey& key) {
    return H::combine(std::move(h), key.account_id, key.group_id);
  }
};

struct GroupFilter {
  std::vector<domain::GroupId> ids;  // empty: all
  std::string name_contains;
  std::optional<domain::ConfigurationId> configuration_id;
  std::string vpc_id;
};

// A group that is due, or that a loop must know at start.
struct DueGroup {
  GroupKey key;
  absl::Time wake_at;
};

class GroupStore {
 public:
  virtual ~GroupStore() = default;

  // The group is due at once. kAlreadyExists if the id is taken.
  virtual absl::Status Insert(const domain::ScalingGroup& group) = 0;
  // kNotFound (plain, without a catalogue reason) for an unknown or foreign id, here and below.
  virtual absl::StatusOr<domain::ScalingGroup> Get(const GroupKey& key) = 0;
  // The same, holding the row until the transaction ends.
  virtual absl::StatusOr<domain::ScalingGroup> Lock(const GroupKey& key) = 0;
  // Writes all columns of a row that this transaction has locked, raises its version and makes the
  // group due at once.
  virtual absl::Status Update(const domain::ScalingGroup& group) = 0;
  // Deletes the group with its policies, tasks, notifications and decision runs; activities'
  // history stays.
  virtual absl::Status Delete(const GroupKey& key) = 0;
  // Oldest first.
  virtual absl::StatusOr<Listing<domain::ScalingGroup>> List(const domain::AccountId& account,
                                                             const GroupFilter& filter,
                                                             const Page& page) = 0;
  virtual absl::StatusOr<int> Count(const domain::AccountId& account) = 0;

  // When reconcile should look again although nothing changes. Does not raise the version.
  virtual absl::Status SetWake(const GroupKey& key, absl::Time wake_at) = 0;
  // Groups of the shards that are due at `now`, the longest waiting first.
  virtual absl::StatusOr<std::vector<DueGroup>> Due(absl::Span<const int> shards, absl::Time now,
                                                    int limit) = 0;
  // All groups of the shards, in order of id after `after`: for start-up and resync.
  virtual absl::StatusOr<std::vector<domain::ScalingGroup>> Scan(absl::Span<const int> shards,
                                                                 const domain::GroupId& after,
                                                                 int limit) = 0;
};

}  // namespace accordion::ports
