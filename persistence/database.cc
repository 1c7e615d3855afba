#include "persistence/database.h"

#include <pqxx/pqxx>
#include <utility>

#include "base/status_macros.h"
#include "persistence/connection_pool.h"
#include "persistence/envelope_cipher.h"
#include "persistence/migrator.h"
#include "persistence/pg_status.h"
#include "persistence/postgres_audit.h"
#include "persistence/postgres_lease.h"
#include "persistence/postgres_store.h"

namespace accordion::persistence {

namespace {

// A take-over must outlast the transactions that it waits for, which the server ends after
// idle_in_transaction.
SessionSettings LeaseSettings(SessionSettings settings) {
  settings.lock_timeout = settings.idle_in_transaction + absl::Seconds(1);
  return settings;
}

// One connection bounds what audits cost; its statements read whole tables.
constexpr int kAudits = 1;
SessionSettings AuditSettings(SessionSettings settings) {
  settings.statement_timeout = absl::Seconds(60);
  return settings;
}

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(const DatabaseOptions& options, EnvelopeCipher cipher)
      : cipher_(std::move(cipher)),
        writers_(WithSettings(options.dsn, options.session), options.writers),
        readers_(WithSettings(options.dsn, options.session), options.readers),
        lease_pool_(WithSettings(options.dsn, LeaseSettings(options.session)), options.leases),
        audit_pool_(WithSettings(options.dsn, AuditSettings(options.session)), kAudits),
        store_(writers_, readers_, cipher_),
        leases_(lease_pool_),
        audit_(audit_pool_) {}

  ports::Store& store() override { return store_; }
  ports::LeaseStore& leases() override { return leases_; }
  ports::Audit& audit() override { return audit_; }

  absl::Status Migrate() override {
    ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, writers_.OpenExtra());
    return persistence::Migrate(*connection);
  }

  absl::Status Ping() override {
    return store_.Read([](ports::Tx& tx) {
      tx.Now();
      return absl::OkStatus();
    });
  }

  absl::StatusOr<int> SchemaVersion() override {
    ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, writers_.OpenExtra());
    return persistence::SchemaVersion(*connection);
  }

 private:
  const EnvelopeCipher cipher_;
  ConnectionPool writers_;
  ConnectionPool readers_;
  ConnectionPool lease_pool_;
  ConnectionPool audit_pool_;
  PostgresStore store_;
  PostgresLeaseStore leases_;
  PostgresAudit audit_;
};

}  // namespace

int KnownSchemaVersion() { return Migrations().back().version; }

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const DatabaseOptions& options) {
  ASSIGN_OR_RETURN(EnvelopeCipher cipher, EnvelopeCipher::FromKeyFile(options.key_file));
  return std::make_unique<PostgresDatabase>(options, std::move(cipher));
}

}  // namespace accordion::persistence
