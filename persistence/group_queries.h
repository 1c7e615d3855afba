// Scaling groups in PostgreSQL.
#pragma once

#include "engine/ports/group_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class GroupQueries final : public ports::GroupStore {
 public:
  explicit GroupQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::Status Insert(const domain::ScalingGroup& group) override;
  absl::StatusOr<domain::ScalingGroup> Get(const ports::GroupKey& key) override;
  absl::StatusOr<domain::ScalingGroup> Lock(const ports::GroupKey& key) override;
  absl::Status Update(const domain::ScalingGroup& group) override;
  absl::Status Delete(const ports::GroupKey& key) override;
  absl::StatusOr<ports::Listing<domain::ScalingGroup>> List(const domain::AccountId& account,
                                                            const ports::GroupFilter& filter,
                                                            const ports::Page& page) override;
  absl::StatusOr<int> Count(const domain::AccountId& account) override;
  absl::Status SetWake(const ports::GroupKey& key, absl::Time wake_at) override;
  absl::StatusOr<std::vector<ports::DueGroup>> Due(absl::Span<const int> shards, absl::Time now,
                                                   int limit) override;
  absl::StatusOr<std::vector<domain::ScalingGroup>> Scan(absl::Span<const int> shards,
                                                         const domain::GroupId& after,
                                                         int limit) override;

 private:
  absl::StatusOr<domain::ScalingGroup> GetBy(StatementRef statement, const ports::GroupKey& key);

  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
