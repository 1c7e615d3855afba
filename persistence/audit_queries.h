// The invariants as SQL (reliability.md B, column P): one statement a promise.
#pragma once

#include "absl/types/span.h"
#include "persistence/statement.h"

namespace accordion::persistence {

// A statement takes the terms of ports::AuditTerms in their order (durations in microseconds) and
// gives (checked, violations, account_id, subject), one row a violation that is shown; where there
// is none, one row whose last two are NULL.
struct AuditQuery {
  const char* invariant;
  const char* name;
  const char* promise;
  StatementRef statement;
};

absl::Span<const AuditQuery> AuditQueries();

}  // namespace accordion::persistence
