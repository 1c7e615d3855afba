// One open transaction as the *_queries see it: statements with bound parameters, and the wall
// around each call.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "persistence/params.h"
#include "persistence/pg_status.h"
#include "persistence/statement.h"

namespace pqxx {
class connection_base;
class result;
class transaction_base;
}  // namespace pqxx

namespace accordion::persistence {

// Not thread-safe.
class SqlTransaction {
 public:
  SqlTransaction(pqxx::connection_base& connection, pqxx::transaction_base& transaction)
      : connection_(connection), transaction_(transaction) {}

  // Prepares the statement once a connection, and runs it. Throws; only within Guard.
  pqxx::result Run(StatementRef statement, const Params& params = Params());

  // Runs a query's body, which returns absl::Status or absl::StatusOr. After something has been
  // thrown, PostgreSQL takes no more statements of the transaction: every later call fails with the
  // first error, and the transaction can't commit.
  template <typename Work>
  auto Guard(Work work) -> decltype(work()) {
    if (!error_.ok()) return error_;
    return Guarded(error_, work);
  }
  const absl::Status& error() const { return error_; }

  // The transaction's start; read once.
  absl::Time Now();
  void SetNow(absl::Time now) { now_ = now; }

 private:
  pqxx::connection_base& connection_;
  pqxx::transaction_base& transaction_;
  absl::Status error_;
  absl::Time now_ = absl::InfinitePast();
};

}  // namespace accordion::persistence
