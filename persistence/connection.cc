#include "persistence/connection.h"

#include <algorithm>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "persistence/pg_status.h"

namespace accordion::persistence {

namespace {

std::string Milliseconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration));
}

// Start-up options and not SET statements: libpqxx may silently reconnect before a BEGIN, and
// options come along.
std::string SessionOptions(const SessionSettings& settings) {
  const std::pair<const char*, std::string> options[] = {
      {"idle_in_transaction_session_timeout", Milliseconds(settings.idle_in_transaction)},
      {"lock_timeout", Milliseconds(settings.lock_timeout)},
      {"statement_timeout", Milliseconds(settings.statement_timeout)},
      {"timezone", "UTC"},  // column_text.h reads timestamps in this form
      {"datestyle", "ISO"},
      {"extra_float_digits", "3"},
      {"client_encoding", "UTF8"},
      {"tcp_keepalives_idle", "2"},
      {"tcp_keepalives_interval", "1"},
      {"tcp_keepalives_count", "3"},
  };
  return absl::StrJoin(options, " ", [](std::string* out, const auto& option) {
    absl::StrAppend(out, "-c ", option.first, "=", option.second);
  });
}

bool IsUri(absl::string_view dsn) {
  return absl::StartsWith(dsn, "postgresql://") || absl::StartsWith(dsn, "postgres://");
}

std::string UriEncoded(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (c == ' ') {
      encoded += "%20";
    } else if (c == '=') {
      encoded += "%3D";
    } else {
      encoded.push_back(c);
    }
  }
  return encoded;
}

}  // namespace

std::string WithSettings(absl::string_view dsn, const SessionSettings& settings) {
  const int64_t connect_seconds =
      std::max<int64_t>(2, absl::ToInt64Seconds(settings.connect_timeout));
  const std::vector<std::pair<std::string, std::string>> ours = {
      {"connect_timeout", absl::StrCat(connect_seconds)},
      {"tcp_user_timeout", Milliseconds(settings.tcp_user_timeout)},
      {"keepalives_idle", "2"},
      {"keepalives_interval", "1"},
      {"keepalives_count", "3"},
      {"target_session_attrs", "read-write"},
      {"options", SessionOptions(settings)},
  };
  std::string result(dsn);
  const bool uri = IsUri(dsn);
  for (const auto& [key, value] : ours) {
    if (key != "options" && absl::StrContains(dsn, absl::StrCat(key, "="))) continue;
    if (uri) {
      const char* separator = absl::StrContains(result, "?") ? "&" : "?";
      absl::StrAppend(&result, separator, key, "=", UriEncoded(value));
    } else {
      absl::StrAppend(&result, " ", key, "='", value, "'");
    }
  }
  return result;
}

// Keeps the server's notices off standard error, and looks for the one that matters.
class Connection::Notices final : public pqxx::errorhandler {
 public:
  explicit Notices(pqxx::connection_base& connection) : pqxx::errorhandler(connection) {}

  bool operator()(const char message[]) noexcept override {
    if (absl::StrContains(message, "canceling wait for synchronous replication")) cancelled_ = true;
    return false;
  }

  bool TakeCancelled() { return std::exchange(cancelled_, false); }

 private:
  bool cancelled_ = false;
};

struct Connection::Session {
  explicit Session(const std::string& dsn) : connection(dsn), notices(connection) {}

  pqxx::connection connection;
  Notices notices;  // after the connection: it must go first
};

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& dsn_with_settings) {
  return Guarded([&]() -> absl::StatusOr<std::unique_ptr<Connection>> {
    return std::unique_ptr<Connection>(
        new Connection(std::make_unique<Session>(dsn_with_settings)));
  });
}

Connection::Connection(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Connection::~Connection() = default;

pqxx::connection_base& Connection::raw() { return session_->connection; }

bool Connection::TakeSyncWaitCancelled() { return session_->notices.TakeCancelled(); }

}  // namespace accordion::persistence
