// Scaling policies and their runs in PostgreSQL.
#pragma once

#include "engine/ports/policy_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class PolicyQueries final : public ports::PolicyStore {
 public:
  explicit PolicyQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::StatusOr<domain::PolicyId> NewPolicyId() override;
  absl::Status Insert(const domain::ScalingPolicy& policy) override;
  absl::StatusOr<domain::ScalingPolicy> Get(const ports::GroupKey& group,
                                            const domain::PolicyId& id) override;
  absl::StatusOr<domain::ScalingPolicy> Lock(const ports::GroupKey& group,
                                             const domain::PolicyId& id) override;
  absl::Status Update(const domain::ScalingPolicy& policy) override;
  absl::Status Delete(const ports::GroupKey& group, const domain::PolicyId& id) override;
  absl::StatusOr<ports::Listing<domain::ScalingPolicy>> List(const ports::GroupKey& group,
                                                             const ports::PolicyFilter& filter,
                                                             const ports::Page& page) override;
  absl::StatusOr<int> Count(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<domain::ScalingPolicy>> Scan(absl::Span<const int> shards,
                                                          const domain::PolicyId& after,
                                                          int limit) override;
  absl::Status SaveRuns(absl::Span<const ports::PolicyCheckpoint> runs) override;
  absl::StatusOr<std::vector<ports::PolicyCheckpoint>> LoadRuns(
      absl::Span<const int> shards) override;

 private:
  absl::StatusOr<domain::ScalingPolicy> GetBy(StatementRef statement, const ports::GroupKey& group,
                                              const domain::PolicyId& id);

  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
