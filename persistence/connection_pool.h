// A bounded pool of connections, opened when first needed.
//
// Small on purpose: PostgreSQL on two cores answers most selects a second at four connections and
// is 45 % slower at 64 (performance.md §2d). Renewals of leases have a pool of their own, which
// nothing else can fill (reliability.md C11).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "persistence/connection.h"

namespace accordion::persistence {

// Thread-safe. Must outlive what it lends.
class ConnectionPool {
 public:
  ConnectionPool(std::string dsn_with_settings, int size);

  // A connection for as long as this lives. One that was marked broken is closed instead of
  // returned, and the idle ones with it: what broke one (a restart, a failover) has broken them
  // all.
  class Borrowed {
   public:
    Borrowed(ConnectionPool& pool, std::unique_ptr<Connection> connection, bool reused);
    Borrowed(Borrowed&&) = default;
    Borrowed& operator=(Borrowed&&) = delete;
    ~Borrowed();

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }
    // Whether it was used before, and so may have died while it was idle.
    bool reused() const { return reused_; }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
    bool reused_;
  };

  // Waits up to `timeout` for a free one (kDeadlineExceeded), then opens it if need be
  // (kUnavailable).
  absl::StatusOr<Borrowed> Borrow(absl::Duration timeout);

  // A connection outside the bound, for the rare look at what a lost COMMIT did.
  absl::StatusOr<std::unique_ptr<Connection>> OpenExtra() const { return Connection::Open(dsn_); }

 private:
  bool HasFree() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return lent_ < size_; }
  void Return(std::unique_ptr<Connection> connection);

  const std::string dsn_;
  const int size_;
  absl::Mutex mutex_;
  int lent_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);  // the warmest last
};

}  // namespace accordion::persistence
