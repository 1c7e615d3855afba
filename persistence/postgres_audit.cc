#include "persistence/postgres_audit.h"

#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "base/status_macros.h"
#include "persistence/audit_queries.h"
#include "persistence/pg_status.h"
#include "persistence/row_reader.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

namespace {

constexpr absl::Duration kBorrowTimeout = absl::Seconds(4);

// Every row has the counts; the one of a promise that is kept has nothing else.
ports::AuditFinding Check(SqlTransaction& sql, const AuditQuery& query, const Params& terms) {
  ports::AuditFinding finding{
      .invariant = query.invariant, .name = query.name, .promise = query.promise, .shown = {}};
  const pqxx::result result = sql.Run(query.statement, terms);
  for (const auto& row : result) {
    std::optional<domain::AccountId> account;
    std::optional<std::string> subject;
    RowReader reader(row);
    reader.Read(finding.checked, finding.violations, account, subject);
    if (subject.has_value()) {
      finding.shown.push_back({account.value_or(domain::AccountId()), *std::move(subject)});
    }
  }
  return finding;
}

}  // namespace

absl::StatusOr<ports::AuditReport> PostgresAudit::Run(const ports::AuditTerms& terms) {
  ASSIGN_OR_RETURN(const ConnectionPool::Borrowed connection, pool_.Borrow(kBorrowTimeout));
  absl::Status thrown;
  absl::StatusOr<ports::AuditReport> report =
      Guarded(thrown, [&]() -> absl::StatusOr<ports::AuditReport> {
        // Repeatable read: all findings are of one snapshot.
        pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> transaction(connection->raw());
        SqlTransaction sql(connection->raw(), transaction);
        ports::AuditReport made;
        made.at = sql.Now();
        const Params params(terms.history, terms.horizon, terms.lease_ttl, terms.cleanup_grace,
                            terms.slack, terms.max_violations);
        for (const AuditQuery& query : AuditQueries()) {
          made.findings.push_back(Check(sql, query, params));
        }
        return made;
      });
  if (absl::IsUnavailable(thrown)) connection->MarkBroken();
  return report;
}

}  // namespace accordion::persistence
