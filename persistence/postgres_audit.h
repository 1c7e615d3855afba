// ports::Audit on PostgreSQL.
#pragma once

#include "absl/functional/function_ref.h"
#include "engine/ports/audit.h"
#include "persistence/connection_pool.h"

namespace accordion::persistence {

// Thread-safe. The pool is the audit's own: its statements may run longer than any other's, and its
// size bounds what audits cost. It must outlive this.
class PostgresAudit final : public ports::Audit {
 public:
  explicit PostgresAudit(ConnectionPool& pool) : pool_(pool) {}

  absl::StatusOr<ports::AuditReport> Run(const ports::AuditTerms& terms) override;

 private:
  ConnectionPool& pool_;
};

}  // namespace accordion::persistence
