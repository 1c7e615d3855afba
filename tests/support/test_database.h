// A PostgreSQL database of a test's own, with the schema in place (label pg).
//
// Made from a template that the first test of a cluster migrates: copying takes a tenth of
// migrating.
#pragma once

#include <string>

#include "persistence/database.h"

namespace accordion::testing {

class TestDatabase {
 public:
  // Throws if there is no cluster or it refuses: such a test fails.
  TestDatabase();
  // Drops the database, whoever is still connected.
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& dsn() const { return dsn_; }
  // For OpenDatabase, with a key file that holds a fixed key.
  persistence::DatabaseOptions options() const;

 private:
  std::string name_;
  std::string dsn_;
  std::string key_file_;
};

// Runs statements in autocommit, for what a test must do behind the store's back. Throws.
// Returns the first column of the first row, "" if there is none.
std::string RunSql(const std::string& dsn, const std::string& sql);

}  // namespace accordion::testing
