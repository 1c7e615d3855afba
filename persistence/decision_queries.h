// Decision records in PostgreSQL.
#pragma once

#include "engine/ports/decision_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class DecisionQueries final : public ports::DecisionStore {
 public:
  explicit DecisionQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::Status Insert(const ports::DecisionRecord& record) override;
  absl::StatusOr<ports::Listing<ports::DecisionRecord>> List(const ports::GroupKey& group,
                                                             const ports::Page& page) override;

 private:
  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
