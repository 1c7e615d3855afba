// What became of a transaction whose COMMIT got no answer (reliability.md C1.5).
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "persistence/connection.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

// Taken with the transaction's last statement, before COMMIT. Empty xid: nothing was written.
struct CommitTicket {
  std::string xid;
  std::string timeline;
};

// Throws; within Guard.
CommitTicket TakeTicket(SqlTransaction& sql);

// OK: it is committed. kAborted: it is not, and may be run again. kUnknown: nobody can tell, since
// the server did not come back in time or another one took over.
absl::Status ResolveCommit(const CommitTicket& ticket,
                           absl::FunctionRef<absl::StatusOr<std::unique_ptr<Connection>>()> connect,
                           absl::FunctionRef<void(absl::Duration)> pause);

}  // namespace accordion::persistence
