// The PostgreSQL side of an engine in one object: store, leases, migrations, readiness.
//
//   ASSIGN_OR_RETURN(auto database, OpenDatabase({.dsn = ..., .key_file = ...}));
//   RETURN_IF_ERROR(database->Migrate());
//   Engine engine(database->store(), database->leases());
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/ports/audit.h"
#include "engine/ports/lease.h"
#include "engine/ports/store.h"
#include "persistence/connection.h"

namespace accordion::persistence {

struct DatabaseOptions {
  // libpq's key-value or URI form; several hosts are allowed, the primary among them is found.
  std::string dsn;
  // 32 raw bytes that only the engine's user may read: seals the accounts' keys
  // (envelope_cipher.h).
  std::string key_file;
  // Connections: for transactions, for read-only snapshots, and reserved for leases.
  int writers = 6;
  int readers = 4;
  int leases = 2;
  SessionSettings session;
};

// Thread-safe.
class Database {
 public:
  virtual ~Database() = default;

  virtual ports::Store& store() = 0;
  virtual ports::LeaseStore& leases() = 0;
  virtual ports::Audit& audit() = 0;

  // Brings the schema up to date, and makes the coming months' partitions: at start, and once a day
  // after that.
  virtual absl::Status Migrate() = 0;
  // One round trip to the primary, for readiness.
  virtual absl::Status Ping() = 0;
  // The schema's version; compare with KnownSchemaVersion().
  virtual absl::StatusOr<int> SchemaVersion() = 0;
};

// The newest migration that this program has.
int KnownSchemaVersion();

// Reads the key file, but connects only when first used. kFailedPrecondition for a bad key file.
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const DatabaseOptions& options);

}  // namespace accordion::persistence
