// The outbox and what groups subscribe to, in PostgreSQL.
#pragma once

#include "engine/ports/outbox_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class OutboxQueries final : public ports::OutboxStore {
 public:
  explicit OutboxQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::StatusOr<std::vector<int>> SubscribedTypes(const ports::GroupKey& group) override;
  absl::Status Add(const ports::OutboxEvent& event) override;
  absl::StatusOr<std::vector<ports::OutboxEvent>> Pending(int limit) override;

 private:
  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
