// One session with PostgreSQL, with the time-outs that keep a stuck engine from holding rows
// (reliability.md C1.3).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace pqxx {
class connection_base;
}  // namespace pqxx

namespace accordion::persistence {

// All must be shorter than a lease's life (12 s).
struct SessionSettings {
  absl::Duration idle_in_transaction = absl::Seconds(2);
  absl::Duration lock_timeout = absl::Seconds(2);
  absl::Duration statement_timeout = absl::Seconds(5);
  absl::Duration tcp_user_timeout = absl::Seconds(5);
  absl::Duration connect_timeout = absl::Seconds(5);  // whole seconds, at least 2
};

// `dsn` (key-value or URI form) with the settings as session options; what it sets itself is kept,
// except `options`.
std::string WithSettings(absl::string_view dsn, const SessionSettings& settings);

// Not thread-safe.
class Connection {
 public:
  // kUnavailable if the server can't be reached or refuses.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& dsn_with_settings);
  ~Connection();

  pqxx::connection_base& raw();

  // A broken connection is not used again.
  void MarkBroken() { broken_ = true; }
  bool broken() const { return broken_; }

  // Whether the server gave up waiting for a synchronous standby since the last call: such a COMMIT
  // answers OK, but may be lost at a failover.
  bool TakeSyncWaitCancelled();

 private:
  class Notices;
  struct Session;

  explicit Connection(std::unique_ptr<Session> session);

  std::unique_ptr<Session> session_;
  bool broken_ = false;
};

}  // namespace accordion::persistence
