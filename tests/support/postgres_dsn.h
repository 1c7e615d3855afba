// Where PostgreSQL-backed tests (label pg) find their private cluster, which ctest starts before
// them (cmake/dev/postgres.sh). To run one by hand: export ACCORDION_TEST_PG_DSN.
#pragma once

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace accordion::testing {

// A libpq connection string of a superuser of an empty database; each test makes its own database
// or schema. Throws if there is none: such a test fails, it does not skip.
inline std::string PostgresDsn() {
  if (const char* dsn = std::getenv("ACCORDION_TEST_PG_DSN")) return dsn;
  if (const char* path = std::getenv("ACCORDION_TEST_PG_DSN_FILE")) {
    std::ifstream file(path);
    std::string dsn;
    if (std::getline(file, dsn) && !dsn.empty()) return dsn;
  }
  throw std::runtime_error(
      "neither ACCORDION_TEST_PG_DSN nor a readable ACCORDION_TEST_PG_DSN_FILE: run this test "
      "through ctest");
}

}  // namespace accordion::testing
