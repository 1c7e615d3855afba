#include "persistence/sql_transaction.h"

#include <pqxx/pqxx>

#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr Statement kNow("transaction_now", "SELECT now()");

}  // namespace

pqxx::result SqlTransaction::Run(StatementRef statement, const Params& params) {
  // Known names cost a look-up; the server prepares at the first use, and again after a reconnect.
  connection_.prepare(statement.name(), statement.sql());
  return transaction_.exec_prepared(statement.name(),
                                    pqxx::prepare::make_dynamic_params(params.pointers()));
}

absl::Time SqlTransaction::Now() {
  if (now_ == absl::InfinitePast()) {
    // An error stays in error_, so that nothing that used the wrong time can commit.
    Guard([&] {
      ReadFirst(Run(kNow), now_);
      return absl::OkStatus();
    }).IgnoreError();
  }
  return now_;
}

}  // namespace accordion::persistence
