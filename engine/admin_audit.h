// `accordion-engine admin audit`: asks an engine to compare its database with what must hold, and
// writes down what it says.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace accordion::v1 {
class AuditResponse;
}  // namespace accordion::v1

namespace accordion {

struct AuditOutcome {
  std::string text;        // a table, or JSON: ends with a line break
  int64_t violations = 0;  // of all promises
};

// Reads only. Errors are the engine's.
absl::StatusOr<AuditOutcome> AuditDatabase(const std::string& engine, bool as_json);

// One line a promise, below it the violations that are shown, and a line that adds up.
std::string AuditTable(const v1::AuditResponse& response);

}  // namespace accordion
