// Client tokens and their answers in PostgreSQL.
#pragma once

#include "engine/ports/client_token_store.h"
#include "persistence/sealed_columns.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class ClientTokenQueries final : public ports::ClientTokenStore {
 public:
  ClientTokenQueries(SqlTransaction& sql, SealedColumns& sealed) : sql_(sql), sealed_(sealed) {}

  absl::StatusOr<std::optional<ports::ClientTokenRecord>> Find(const domain::AccountId& account,
                                                               absl::string_view token,
                                                               absl::Time since) override;
  absl::StatusOr<std::optional<ports::ClientTokenRecord>> Lock(const domain::AccountId& account,
                                                               absl::string_view token,
                                                               absl::Time since) override;
  absl::Status Put(const ports::ClientTokenRecord& record) override;
  absl::StatusOr<int> Prune(absl::Time before, int limit) override;

 private:
  SqlTransaction& sql_;
  SealedColumns& sealed_;
};

}  // namespace accordion::persistence
