// The audit: what must hold of a live database, asked of the database itself.
//
// The store keeps these promises by keys, locks and triggers, and the loops by their rules; the
// audit trusts none of them and looks at the rows. Not part of ports::Store, and without a twin in
// memory: its questions are SQL's, and its answers are for operators and for the end of every test
// that kills something.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/domain/types.h"

namespace accordion::ports {

// The times that the promises name; the engine's settings.
struct AuditTerms {
  absl::Duration horizon;        // an unseen launch is given up after it (StepSettings)
  absl::Duration lease_ttl;      // of the engines' sessions
  absl::Duration cleanup_grace;  // an activity may be open this long past its deadline
  // What a loop that runs now and then may be late with.
  absl::Duration slack = absl::Minutes(10);
  absl::Duration history = absl::Hours(7 * 24);  // how far back ended activities are looked at
  int max_violations = 20;                       // shown of each promise; all are counted
};

struct AuditViolation {
  domain::AccountId account_id;  // empty: nobody's, as a shard
  std::string subject;           // ids and figures, in words
};

struct AuditFinding {
  std::string invariant;  // "I-13": the invariant's number
  std::string name;       // of the promise; an invariant has one or more
  std::string promise;    // a sentence
  int64_t checked = 0;    // rows to which the promise applied
  int64_t violations = 0;
  std::vector<AuditViolation> shown;
};

struct AuditReport {
  absl::Time at;  // of the one snapshot that all findings are of; the database's clock
  std::vector<AuditFinding> findings;  // one a promise, in order of the invariants
};

// Thread-safe.
class Audit {
 public:
  virtual ~Audit() = default;

  // Reads only. kUnavailable, kDeadlineExceeded as the store; one audit at a time, a second one
  // waits a few seconds and then gets kDeadlineExceeded.
  virtual absl::StatusOr<AuditReport> Run(const AuditTerms& terms) = 0;
};

}  // namespace accordion::ports
