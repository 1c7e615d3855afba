// Members of groups in PostgreSQL.
#pragma once

#include "engine/ports/member_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class MemberQueries final : public ports::MemberStore {
 public:
  explicit MemberQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::Status Insert(const domain::Member& member) override;
  absl::StatusOr<domain::Member> Lock(const ports::GroupKey& group,
                                      const domain::InstanceId& id) override;
  absl::Status Update(const domain::Member& member) override;
  absl::StatusOr<std::vector<domain::Member>> Unclosed(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<domain::Member>> Pick(const ports::GroupKey& group,
                                                   absl::Span<const domain::InstanceId> ids,
                                                   domain::LifeCycle life_cycle,
                                                   const domain::ActivityId& activity) override;
  absl::StatusOr<std::vector<domain::Member>> Protect(const ports::GroupKey& group,
                                                      absl::Span<const domain::InstanceId> ids,
                                                      bool is_protected) override;
  absl::StatusOr<ports::Listing<domain::Member>> List(const ports::GroupKey& group,
                                                      const ports::MemberFilter& filter,
                                                      const ports::Page& page) override;
  absl::StatusOr<int> Count(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<domain::Member>> OfAccount(const domain::AccountId& account) override;
  absl::StatusOr<std::vector<domain::Member>> Scan(absl::Span<const int> shards,
                                                   const domain::GroupId& after_group,
                                                   int limit_groups) override;

 private:
  // Locks the unclosed ones of `ids`, in order of id against deadlocks; returns them in the order
  // of `ids`.
  std::vector<domain::Member> LockUnclosed(const ports::GroupKey& group,
                                           absl::Span<const domain::InstanceId> ids);

  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
