#include "persistence/postgres_store.h"

#include <pqxx/pqxx>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "base/status_macros.h"
#include "persistence/pg_status.h"
#include "persistence/postgres_tx.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr int kMaxAttempts = 6;
constexpr absl::Duration kRetryMin =
    absl::Milliseconds(4);  // doubles; the waits add up to 124 ms at most
constexpr absl::Duration kBorrowTimeout = absl::Seconds(4);

// A plain read is no fence: FOR SHARE makes a take-over wait for this transaction, and this one see
// a take-over (reliability.md §0). A server that took over as primary ends all leases.
constexpr Statement kFence("fence",
                           "SELECT now() FROM shard WHERE shard = $1 AND sid = $2 AND epoch = $3 "
                           "AND timeline = current_timeline() FOR SHARE");

absl::Status CheckFence(SqlTransaction& sql, const ports::Fence& fence) {
  return sql.Guard([&]() -> absl::Status {
    const pqxx::result result = sql.Run(kFence, Params(fence.shard, fence.session, fence.epoch));
    if (result.empty()) return absl::FailedPreconditionError("fence");
    absl::Time now;
    ReadFirst(result, now);
    sql.SetNow(now);
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status PostgresStore::Transact(Work work) {
  return WithRetries([&] { return TransactOnce(nullptr, work); });
}

absl::Status PostgresStore::Transact(const ports::Fence& fence, Work work) {
  return WithRetries([&] { return TransactOnce(&fence, work); });
}

absl::Status PostgresStore::Read(Work work) {
  return WithRetries([&] { return ReadOnce(work); });
}

absl::Status PostgresStore::WithRetries(absl::FunctionRef<Attempt()> attempt) {
  for (int tried = 1;; ++tried) {
    const Attempt result = attempt();
    if (!result.may_retry || tried == kMaxAttempts) return result.status;
    // Full jitter: two that collided must not collide again.
    Pause(kRetryMin * (1 << (tried - 1)) * base::UniformUnit(rng_));
  }
}

absl::Status PostgresStore::RunWork(SqlTransaction& sql, const ports::Fence* fence, Work work,
                                    CommitTicket& ticket) {
  if (fence != nullptr) RETURN_IF_ERROR(CheckFence(sql, *fence));
  PostgresTx tx(sql, cipher_);
  RETURN_IF_ERROR(work(tx));
  // Fails, too, if a statement has failed that the work made nothing of.
  return sql.Guard([&]() -> absl::Status {
    ticket = TakeTicket(sql);
    return absl::OkStatus();
  });
}

PostgresStore::Attempt PostgresStore::TransactOnce(const ports::Fence* fence, Work work) {
  absl::StatusOr<ConnectionPool::Borrowed> connection = writers_.Borrow(kBorrowTimeout);
  if (!connection.ok()) return {connection.status()};
  CommitTicket ticket;
  bool committing = false;
  absl::Status thrown;
  absl::Status sql_error;
  const absl::Status status = Guarded(thrown, [&]() -> absl::Status {
    pqxx::work transaction((*connection)->raw());
    SqlTransaction sql((*connection)->raw(), transaction);
    const absl::Status worked = RunWork(sql, fence, work, ticket);
    sql_error = sql.error();
    if (!worked.ok()) return worked;  // rolls back
    committing = true;
    transaction.commit();
    return absl::OkStatus();
  });
  if (!thrown.ok()) sql_error = thrown;
  if (absl::IsUnavailable(sql_error) || absl::IsUnknown(sql_error)) (*connection)->MarkBroken();
  const bool standby_missing = (*connection)->TakeSyncWaitCancelled();

  if (status.ok()) {
    if (!standby_missing) return {absl::OkStatus()};
    return {
        absl::UnknownError("committed, but no synchronous standby has it: a failover may lose it")};
  }
  if (committing && (absl::IsUnavailable(status) || absl::IsUnknown(status))) {
    const absl::Status resolved = ResolveCommit(
        ticket, [&] { return writers_.OpenExtra(); },
        [&](absl::Duration duration) { Pause(duration); });
    return {resolved, absl::IsAborted(resolved)};
  }
  if (absl::IsAborted(sql_error)) return {status, true};
  // An idle connection may have died unseen; nothing has been committed, so a fresh one may try.
  return {status, absl::IsUnavailable(sql_error) && connection->reused()};
}

PostgresStore::Attempt PostgresStore::ReadOnce(Work work) {
  absl::StatusOr<ConnectionPool::Borrowed> connection = readers_.Borrow(kBorrowTimeout);
  if (!connection.ok()) return {connection.status()};
  absl::Status sql_error;
  absl::Status thrown;
  const absl::Status status = Guarded(thrown, [&]() -> absl::Status {
    // Repeatable read: all statements see one snapshot.
    pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> transaction((*connection)->raw());
    SqlTransaction sql((*connection)->raw(), transaction);
    PostgresTx tx(sql, cipher_);
    const absl::Status worked = work(tx);
    sql_error = sql.error();
    return worked.ok() ? sql_error : worked;
  });
  if (!thrown.ok()) sql_error = thrown;
  const bool lost = absl::IsUnavailable(sql_error);
  if (lost) (*connection)->MarkBroken();
  return {status, absl::IsAborted(sql_error) || (lost && connection->reused())};
}

void PostgresStore::Pause(absl::Duration duration) {
  // Nobody notifies: a wait that needs no clock.
  absl::Notification().WaitForNotificationWithTimeout(duration);
}

}  // namespace accordion::persistence
