#include "persistence/connection_pool.h"

#include <utility>

#include "absl/status/status.h"

namespace accordion::persistence {

ConnectionPool::ConnectionPool(std::string dsn_with_settings, int size)
    : dsn_(std::move(dsn_with_settings)), size_(size) {}

ConnectionPool::Borrowed::Borrowed(ConnectionPool& pool, std::unique_ptr<Connection> connection,
                                   bool reused)
    : pool_(&pool), connection_(std::move(connection)), reused_(reused) {}

ConnectionPool::Borrowed::~Borrowed() {
  if (connection_ != nullptr) pool_->Return(std::move(connection_));
}

absl::StatusOr<ConnectionPool::Borrowed> ConnectionPool::Borrow(absl::Duration timeout) {
  {
    absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithTimeout(absl::Condition(this, &ConnectionPool::HasFree), timeout)) {
      return absl::DeadlineExceededError("all database connections are busy");
    }
    ++lent_;
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Borrowed(*this, std::move(connection), /*reused=*/true);
    }
  }
  absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(dsn_);
  if (!opened.ok()) {
    absl::MutexLock lock(&mutex_);
    --lent_;
    return opened.status();
  }
  return Borrowed(*this, *std::move(opened), /*reused=*/false);
}

void ConnectionPool::Return(std::unique_ptr<Connection> connection) {
  // Closed after the lock is released: closing talks to the server.
  std::vector<std::unique_ptr<Connection>> closing;
  {
    absl::MutexLock lock(&mutex_);
    --lent_;
    if (connection->broken()) {
      closing.swap(idle_);
      closing.push_back(std::move(connection));
    } else {
      idle_.push_back(std::move(connection));
    }
  }
}

}  // namespace accordion::persistence
