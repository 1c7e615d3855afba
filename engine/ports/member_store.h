// Members of groups in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/domain/member.h"
#include "engine/ports/group_store.h"
#include "engine/ports/page.h"

namespace accordion::ports {

struct MemberFilter {
  std::vector<domain::InstanceId> ids;  // empty: all
  std::optional<domain::CreationType> creation_type;
  std::optional<domain::Health> health;
};

class MemberStore {
 public:
  virtual ~MemberStore() = default;

  // kAlreadyExists if the instance is an unclosed member of any group of the account.
  virtual absl::Status Insert(const domain::Member& member) = 0;
  virtual absl::StatusOr<domain::Member> Lock(const GroupKey& group,
                                              const domain::InstanceId& id) = 0;
  // Writes all columns but is_protected of a locked row; a member whose life_cycle is kClosed
  // leaves the lists.
  virtual absl::Status Update(const domain::Member& member) = 0;
  // All unclosed members, ordered by (add_time, id).
  virtual absl::StatusOr<std::vector<domain::Member>> Unclosed(const GroupKey& group) = 0;
  // Locks the removable members among `ids` and marks them `life_cycle` of `activity`, re-checking
  // domain::IsRemovable under the row locks (I-3). Returns those that were marked, which may be
  // fewer.
  virtual absl::StatusOr<std::vector<domain::Member>> Pick(const GroupKey& group,
                                                           absl::Span<const domain::InstanceId> ids,
                                                           domain::LifeCycle life_cycle,
                                                           const domain::ActivityId& activity) = 0;
  // Sets the flag of unclosed members that are not being removed; all or none.
  // kNotFound: an id is no unclosed member; kFailedPrecondition: one is being removed. The message
  // is the id.
  virtual absl::StatusOr<std::vector<domain::Member>> Protect(
      const GroupKey& group, absl::Span<const domain::InstanceId> ids, bool is_protected) = 0;
  // Unclosed members, oldest first.
  virtual absl::StatusOr<Listing<domain::Member>> List(const GroupKey& group,
                                                       const MemberFilter& filter,
                                                       const Page& page) = 0;
  virtual absl::StatusOr<int> Count(const GroupKey& group) = 0;
  // Unclosed members of all groups of the account, by group and id.
  virtual absl::StatusOr<std::vector<domain::Member>> OfAccount(
      const domain::AccountId& account) = 0;
  // All unclosed members of groups of the shards, for start-up.
  virtual absl::StatusOr<std::vector<domain::Member>> Scan(absl::Span<const int> shards,
                                                           const domain::GroupId& after_group,
                                                           int limit_groups) = 0;
};

}  // namespace accordion::ports
