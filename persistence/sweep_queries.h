// One account as a whole, and its orphans, in PostgreSQL.
#pragma once

#include "engine/ports/sweep_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class SweepQueries final : public ports::SweepStore {
 public:
  explicit SweepQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::StatusOr<std::vector<domain::AccountId>> Accounts() override;
  absl::StatusOr<std::vector<int64_t>> Projects(const domain::AccountId& account) override;
  absl::StatusOr<std::vector<domain::InstanceId>> EverMembers(
      const domain::AccountId& account, absl::Span<const domain::InstanceId> ids) override;
  absl::Status InsertOrphan(const ports::Orphan& orphan) override;
  absl::Status UpdateOrphan(const ports::Orphan& orphan) override;
  absl::StatusOr<std::vector<ports::Orphan>> OpenOrphans(const domain::AccountId& account) override;
  absl::StatusOr<int> OrphansSince(const domain::AccountId& account, absl::Time time) override;

 private:
  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
