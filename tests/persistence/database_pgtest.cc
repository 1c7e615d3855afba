#include "persistence/database.h"

#include "gtest/gtest.h"
#include "persistence/migrator.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::IsOkAndHolds;
using ::accordion::testing::StatusIs;
using ::accordion::testing::TestDatabase;

TEST(Database, IsReadyOnceMigrated) {
  const TestDatabase test_database;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(test_database.options()));
  EXPECT_OK(database->Ping());
  EXPECT_OK(database->Migrate());
  EXPECT_THAT(database->SchemaVersion(), IsOkAndHolds(KnownSchemaVersion()));
}

TEST(Database, IsUnavailableWithoutAServer) {
  const TestDatabase test_database;
  DatabaseOptions options = test_database.options();
  options.dsn = "host=/nonexistent dbname=x";
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(options));
  EXPECT_THAT(database->Ping(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(database->leases().OpenSession("engine", absl::Seconds(12)),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST(Database, DoesNotOpenWithoutItsKey) {
  const TestDatabase test_database;
  DatabaseOptions options = test_database.options();
  options.key_file += ".missing";
  EXPECT_THAT(OpenDatabase(options).status(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace accordion::persistence
