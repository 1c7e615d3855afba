#include "persistence/migrator.h"

#include <pqxx/pqxx>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "persistence/pg_status.h"
#include "persistence/row_reader.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

namespace {

// Any number will do, as long as every version uses the same.
constexpr char kPrepare[] =
    "SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '10min';"
    "SELECT pg_advisory_xact_lock(4715030021);"
    // From here on the locks of tables that others use: give up early instead of holding everybody
    // back.
    "SET LOCAL lock_timeout = '2s';"
    "CREATE TABLE IF NOT EXISTS schema_version ("
    "  version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT "
    "now())";
constexpr Statement kVersion("schema_version",
                             "SELECT coalesce(max(version), 0) FROM schema_version");
constexpr Statement kVersionTable("schema_version_table",
                                  "SELECT to_regclass('schema_version') IS NOT NULL");
constexpr Statement kApplied("schema_applied",
                             "INSERT INTO schema_version (version, name) VALUES ($1, $2)");
constexpr Statement kHistoryMonths(
    "history_months",
    "SELECT add_history_month((date_trunc('month', now()) + n * interval '1 month')::date) "
    "FROM generate_series(0, 2) AS n");

// One transaction under the lock.
absl::Status Locked(Connection& connection,
                    absl::FunctionRef<absl::Status(SqlTransaction&, pqxx::work&)> work) {
  return Guarded([&]() -> absl::Status {
    pqxx::work transaction(connection.raw());
    transaction.exec(kPrepare);
    SqlTransaction sql(connection.raw(), transaction);
    RETURN_IF_ERROR(work(sql, transaction));
    transaction.commit();
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status Migrate(Connection& connection) {
  for (const Migration& migration : Migrations()) {
    const absl::Status applied =
        Locked(connection, [&](SqlTransaction& sql, pqxx::work& transaction) {
          int version = 0;
          ReadFirst(sql.Run(kVersion), version);
          if (version >= migration.version) return absl::OkStatus();
          transaction.exec(migration.sql);
          sql.Run(kApplied, Params(migration.version, migration.name));
          return absl::OkStatus();
        });
    if (!applied.ok()) {
      return absl::Status(applied.code(),
                          absl::StrCat("migration ", migration.name, ": ", applied.message()));
    }
  }
  return Locked(connection, [](SqlTransaction& sql, pqxx::work&) {
    sql.Run(kHistoryMonths);
    return absl::OkStatus();
  });
}

absl::StatusOr<int> SchemaVersion(Connection& connection) {
  return Guarded([&]() -> absl::StatusOr<int> {
    pqxx::nontransaction transaction(connection.raw());
    SqlTransaction sql(connection.raw(), transaction);
    bool exists = false;
    ReadFirst(sql.Run(kVersionTable), exists);
    int version = 0;
    if (exists) ReadFirst(sql.Run(kVersion), version);
    return version;
  });
}

}  // namespace accordion::persistence
