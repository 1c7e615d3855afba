#include "persistence/migrator.h"

#include <thread>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::IsOkAndHolds;
using ::accordion::testing::RunSql;
using ::accordion::testing::TestDatabase;

TEST(Migrator, NumbersMigrationsFromOneWithoutGaps) {
  int expected = 1;
  for (const Migration& migration : Migrations())
    EXPECT_EQ(migration.version, expected++) << migration.name;
}

TEST(Migrator, EnginesThatStartTogetherMigrateOnce) {
  const TestDatabase database;
  RunSql(database.dsn(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  const std::string dsn = WithSettings(database.dsn(), SessionSettings());
  const auto migrate = [&] {
    ASSERT_OK_AND_ASSIGN(const auto connection, Connection::Open(dsn));
    EXPECT_OK(Migrate(*connection));
  };
  ASSERT_OK_AND_ASSIGN(const auto connection, Connection::Open(dsn));
  EXPECT_THAT(SchemaVersion(*connection), IsOkAndHolds(0));
  std::thread first(migrate);
  std::thread second(migrate);
  first.join();
  second.join();
  EXPECT_THAT(SchemaVersion(*connection), IsOkAndHolds(Migrations().back().version));
  EXPECT_EQ(RunSql(database.dsn(), "SELECT count(*) FROM shard"), "256");
}

TEST(Migrator, MakesTheHistorysNextMonths) {
  const TestDatabase database;
  const char* partitions =
      "SELECT count(*) FROM pg_inherits WHERE inhparent = 'activity_history'::regclass";
  EXPECT_EQ(RunSql(database.dsn(), partitions), "4");  // three months and the rest
  ASSERT_OK_AND_ASSIGN(const auto connection,
                       Connection::Open(WithSettings(database.dsn(), SessionSettings())));
  EXPECT_OK(Migrate(*connection));
  EXPECT_EQ(RunSql(database.dsn(), partitions), "4");
}

}  // namespace accordion::persistence
