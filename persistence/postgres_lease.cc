#include "persistence/postgres_lease.h"

#include <pqxx/pqxx>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/status_macros.h"
#include "persistence/pg_status.h"
#include "persistence/row_reader.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

namespace {

// A renewal that waits longer than this is late anyway.
constexpr absl::Duration kBorrowTimeout = absl::Seconds(2);

constexpr Statement kOpen(
    "session_open",
    "INSERT INTO engine_session (engine, timeline, opened_at, expires_at) VALUES "
    "($1, current_timeline(), clock_timestamp(), clock_timestamp() + $2::bigint * '1us'::interval) "
    "RETURNING sid");
// One statement decides: a session that has lapsed, or that another primary gave, stays lapsed.
constexpr Statement kRenew(
    "session_renew",
    "UPDATE engine_session SET expires_at = clock_timestamp() + $2::bigint * '1us'::interval "
    "WHERE sid = $1 AND expires_at > clock_timestamp() AND timeline = current_timeline()");
// KEY SHARE: a renewal may go on meanwhile, only the row must stay.
constexpr Statement kAlive(
    "session_alive",
    "SELECT sid FROM engine_session WHERE sid = $1 AND expires_at > clock_timestamp() "
    "AND timeline = current_timeline() FOR KEY SHARE");
// A renewal under way is waited for, and then this no longer counts the session as dead; a later
// one finds it expired.
constexpr Statement kLockDead(
    "session_lock_dead",
    "SELECT sid FROM engine_session WHERE expires_at <= clock_timestamp() "
    "ORDER BY sid FOR UPDATE");
// Waits for the open transactions of the former holder: they hold their shard FOR SHARE. In order,
// against deadlocks.
constexpr Statement kLockFree(
    "shard_lock_free",
    "SELECT shard FROM shard WHERE sid IS NULL OR sid = ANY ($1::bigint[]) "
    "ORDER BY shard FOR UPDATE");
constexpr Statement kTake(
    "shard_take",
    "UPDATE shard SET sid = $1, epoch = epoch + 1, timeline = current_timeline() "
    "WHERE shard = ANY ($2::smallint[])");
constexpr Statement kBury("session_bury",
                          "DELETE FROM engine_session WHERE sid = ANY ($1::bigint[])");
constexpr Statement kHeld("shard_held",
                          "SELECT shard, epoch FROM shard WHERE sid = $1 ORDER BY shard");
constexpr Statement kFree("shard_free", "UPDATE shard SET sid = NULL WHERE sid = $1");

absl::Status InTransaction(ConnectionPool& pool,
                           absl::FunctionRef<absl::Status(SqlTransaction&)> work) {
  ASSIGN_OR_RETURN(const ConnectionPool::Borrowed connection, pool.Borrow(kBorrowTimeout));
  absl::Status thrown;
  const absl::Status status = Guarded(thrown, [&]() -> absl::Status {
    pqxx::work transaction(connection->raw());
    SqlTransaction sql(connection->raw(), transaction);
    RETURN_IF_ERROR(work(sql));
    transaction.commit();
    return absl::OkStatus();
  });
  // A lost answer to COMMIT needs no look: every caller repeats, and every call here may be
  // repeated.
  if (absl::IsUnavailable(thrown) || absl::IsUnknown(thrown)) connection->MarkBroken();
  if (absl::IsUnknown(thrown)) return absl::UnavailableError(thrown.message());
  return status;
}

}  // namespace

absl::StatusOr<int64_t> PostgresLeaseStore::OpenSession(absl::string_view engine,
                                                        absl::Duration ttl) {
  int64_t session = 0;
  RETURN_IF_ERROR(InTransaction(pool_, [&](SqlTransaction& sql) {
    ReadFirst(sql.Run(kOpen, Params(engine, ttl)), session);
    return absl::OkStatus();
  }));
  return session;
}

absl::Status PostgresLeaseStore::Renew(int64_t session, absl::Duration ttl) {
  return InTransaction(pool_, [&](SqlTransaction& sql) {
    if (sql.Run(kRenew, Params(session, ttl)).affected_rows() > 0) return absl::OkStatus();
    return absl::FailedPreconditionError("session has lapsed");
  });
}

absl::StatusOr<std::vector<ports::HeldShard>> PostgresLeaseStore::Acquire(int64_t session) {
  std::vector<ports::HeldShard> held;
  RETURN_IF_ERROR(InTransaction(pool_, [&](SqlTransaction& sql) -> absl::Status {
    if (sql.Run(kAlive, Params(session)).empty())
      return absl::FailedPreconditionError("session has lapsed");
    const auto read_number = [](RowReader& row) {
      int64_t number = 0;
      row.Read(number);
      return number;
    };
    const std::vector<int64_t> dead = ReadAll(sql.Run(kLockDead), read_number);
    const std::vector<int64_t> shards = ReadAll(sql.Run(kLockFree, Params(dead)), read_number);
    if (!shards.empty()) sql.Run(kTake, Params(session, shards));
    if (!dead.empty()) sql.Run(kBury, Params(dead));
    held = ReadAll(sql.Run(kHeld, Params(session)), [](RowReader& row) {
      ports::HeldShard shard;
      row.Read(shard.shard, shard.epoch);
      return shard;
    });
    return absl::OkStatus();
  }));
  return held;
}

absl::Status PostgresLeaseStore::Close(int64_t session) {
  return InTransaction(pool_, [&](SqlTransaction& sql) {
    sql.Run(kFree, Params(session));
    sql.Run(kBury, Params(std::vector<int64_t>{session}));
    return absl::OkStatus();
  });
}

}  // namespace accordion::persistence
