// Brings a database to this program's schema: the numbered files of migrations/, each in one
// transaction.
//
// Engines may start together: an advisory lock, which ends with its transaction, lets one migrate
// while the others wait.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "persistence/connection.h"

namespace accordion::persistence {

struct Migration {
  int version = 0;  // from 1, without gaps
  absl::string_view name;
  const char* sql = nullptr;
};

// In order of version; generated from migrations/*.sql at build time.
absl::Span<const Migration> Migrations();

// Applies what is missing, and makes the history's partitions of this and the next months. Safe to
// repeat.
absl::Status Migrate(Connection& connection);

// The newest version that was applied; 0 in an empty database.
absl::StatusOr<int> SchemaVersion(Connection& connection);

}  // namespace accordion::persistence
