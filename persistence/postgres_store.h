// ports::Store on PostgreSQL: READ COMMITTED with explicit row locks, retried as a whole on
// serialization failures.
#pragma once

#include "absl/functional/function_ref.h"
#include "base/random.h"
#include "engine/ports/store.h"
#include "persistence/commit_doubt.h"
#include "persistence/connection_pool.h"
#include "persistence/envelope_cipher.h"

namespace accordion::persistence {

// Thread-safe. Everything given must outlive it.
class PostgresStore final : public ports::Store {
 public:
  PostgresStore(ConnectionPool& writers, ConnectionPool& readers, const EnvelopeCipher& cipher)
      : writers_(writers), readers_(readers), cipher_(cipher) {}

  absl::Status Transact(Work work) override;
  absl::Status Transact(const ports::Fence& fence, Work work) override;
  absl::Status Read(Work work) override;

 private:
  // One attempt's result, and whether another may follow.
  struct Attempt {
    absl::Status status;
    bool may_retry = false;
  };

  absl::Status WithRetries(absl::FunctionRef<Attempt()> attempt);
  Attempt TransactOnce(const ports::Fence* fence, Work work);
  // Everything up to COMMIT; fills the ticket.
  absl::Status RunWork(SqlTransaction& sql, const ports::Fence* fence, Work work,
                       CommitTicket& ticket);
  Attempt ReadOnce(Work work);
  void Pause(absl::Duration duration);

  ConnectionPool& writers_;
  ConnectionPool& readers_;
  const EnvelopeCipher& cipher_;
  base::SystemRng rng_;
};

}  // namespace accordion::persistence
