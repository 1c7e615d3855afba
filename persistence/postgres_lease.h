// ports::LeaseStore on PostgreSQL (reliability.md C1). Has connections of its own, so that a busy
// engine still renews.
#pragma once

#include "engine/ports/lease.h"
#include "persistence/connection_pool.h"

namespace accordion::persistence {

// Thread-safe. The pool must outlive it.
class PostgresLeaseStore final : public ports::LeaseStore {
 public:
  explicit PostgresLeaseStore(ConnectionPool& pool) : pool_(pool) {}

  absl::StatusOr<int64_t> OpenSession(absl::string_view engine, absl::Duration ttl) override;
  absl::Status Renew(int64_t session, absl::Duration ttl) override;
  absl::StatusOr<std::vector<ports::HeldShard>> Acquire(int64_t session) override;
  absl::Status Close(int64_t session) override;

 private:
  ConnectionPool& pool_;
};

}  // namespace accordion::persistence
