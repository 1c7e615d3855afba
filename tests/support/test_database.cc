#include "tests/support/test_database.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <pqxx/pqxx>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "persistence/migrator.h"
#include "tests/support/postgres_dsn.h"

namespace accordion::testing {

namespace {

constexpr int kTemplateLock = 471503;

std::string DsnOf(const std::string& database) {
  return absl::StrCat(PostgresDsn(), " dbname=", database);
}

// Named after what the migrations say, so that an edited one makes a new template.
std::string TemplateName() {
  std::string all;
  for (const persistence::Migration& migration : persistence::Migrations())
    absl::StrAppend(&all, migration.sql);
  return absl::StrCat("accordion_template_", base::Sha256Hex(all).substr(0, 12));
}

void CreateTemplate(pqxx::nontransaction& admin, const std::string& name) {
  if (!admin.exec_params("SELECT FROM pg_database WHERE datname = $1", name).empty()) return;
  // Under another name until it is complete: a test that dies on the way must not leave half a
  // template.
  const std::string unfinished = absl::StrCat(name, "_", getpid());
  admin.exec(absl::StrCat("CREATE DATABASE ", unfinished));
  {
    auto connection = persistence::Connection::Open(
        persistence::WithSettings(DsnOf(unfinished), persistence::SessionSettings()));
    if (!connection.ok()) throw std::runtime_error(connection.status().ToString());
    const absl::Status migrated = persistence::Migrate(**connection);
    if (!migrated.ok()) throw std::runtime_error(migrated.ToString());
  }
  admin.exec(absl::StrCat("ALTER DATABASE ", unfinished, " RENAME TO ", name));
}

}  // namespace

std::string RunSql(const std::string& dsn, const std::string& sql) {
  pqxx::connection connection(dsn);
  pqxx::nontransaction transaction(connection);
  const pqxx::result result = transaction.exec(sql);
  return result.empty() || result.columns() == 0 || result[0][0].is_null() ? ""
                                                                           : result[0][0].c_str();
}

TestDatabase::TestDatabase() {
  static std::atomic<int> count{0};
  const std::string unique = absl::StrCat(getpid(), "_", ++count);
  name_ = absl::StrCat("accordion_test_", unique);
  dsn_ = DsnOf(name_);
  const char* directory = std::getenv("TMPDIR");
  key_file_ = absl::StrCat(directory == nullptr ? P_tmpdir : directory, "/accordion-key-", unique);

  pqxx::connection connection(PostgresDsn());
  pqxx::nontransaction admin(connection);
  const std::string template_name = TemplateName();
  // Held until the copy is made, too: a database that is being copied can't be used by others.
  admin.exec(absl::StrCat("SELECT pg_advisory_lock(", kTemplateLock, ")"));
  CreateTemplate(admin, template_name);
  admin.exec(absl::StrCat("CREATE DATABASE ", name_, " TEMPLATE ", template_name));
  admin.exec(absl::StrCat("SELECT pg_advisory_unlock(", kTemplateLock, ")"));

  std::remove(key_file_.c_str());
  std::ofstream(key_file_, std::ios::binary) << std::string(32, 'k');
  chmod(key_file_.c_str(), S_IRUSR | S_IWUSR);
}

TestDatabase::~TestDatabase() {
  std::remove(key_file_.c_str());
  pqxx::connection connection(PostgresDsn());
  pqxx::nontransaction admin(connection);
  admin.exec(absl::StrCat("DROP DATABASE IF EXISTS ", name_, " WITH (FORCE)"));
}

persistence::DatabaseOptions TestDatabase::options() const {
  persistence::DatabaseOptions options;
  options.dsn = dsn_;
  options.key_file = key_file_;
  return options;
}

}  // namespace accordion::testing
