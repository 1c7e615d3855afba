#include "persistence/commit_doubt.h"

#include <memory>
#include <optional>
#include <pqxx/pqxx>

#include "persistence/pg_status.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr Statement kTicket("commit_ticket",
                            "SELECT pg_current_xact_id_if_assigned(), current_timeline()");
constexpr Statement kOutcome("commit_outcome",
                             "SELECT pg_xact_status($1::xid8), current_timeline()");

// About 10 s together: longer than a server's crash recovery usually is, shorter than a lease.
constexpr int kLooks = 40;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(250);

// nullopt: not known yet.
std::optional<absl::Status> Look(Connection& connection, const CommitTicket& ticket) {
  std::optional<absl::Status> outcome;
  Guarded([&] {
    pqxx::nontransaction transaction(connection.raw());
    SqlTransaction sql(connection.raw(), transaction);
    std::optional<std::string> state;
    std::string timeline;
    ReadFirst(sql.Run(kOutcome, Params(ticket.xid)), state, timeline);
    if (timeline != ticket.timeline || !state.has_value()) {
      outcome = absl::UnknownError("another server took over during COMMIT");
    } else if (*state == "committed") {
      outcome = absl::OkStatus();
    } else if (*state == "aborted") {
      outcome = absl::AbortedError("the server lost the transaction");
    }
    return absl::OkStatus();
  }).IgnoreError();  // look again
  return outcome;
}

}  // namespace

CommitTicket TakeTicket(SqlTransaction& sql) {
  std::optional<std::string> xid;
  CommitTicket ticket;
  ReadFirst(sql.Run(kTicket), xid, ticket.timeline);
  ticket.xid = xid.value_or("");
  return ticket;
}

absl::Status ResolveCommit(const CommitTicket& ticket,
                           absl::FunctionRef<absl::StatusOr<std::unique_ptr<Connection>>()> connect,
                           absl::FunctionRef<void(absl::Duration)> pause) {
  if (ticket.xid.empty()) return absl::AbortedError("the transaction wrote nothing");
  for (int i = 0; i < kLooks; ++i) {
    absl::StatusOr<std::unique_ptr<Connection>> connection = connect();
    if (connection.ok()) {
      const std::optional<absl::Status> outcome = Look(**connection, ticket);
      if (outcome.has_value()) return *outcome;
    }
    pause(kBetweenLooks);
  }
  return absl::UnknownError(
      "COMMIT was sent, but its answer was lost and the server did not come back");
}

}  // namespace accordion::persistence
