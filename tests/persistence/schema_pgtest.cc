// What the schema refuses whoever writes, also behind the store's back.
#include <pqxx/pqxx>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::RunSql;
using ::accordion::testing::TestDatabase;
using ::testing::HasSubstr;

class Schema : public ::testing::Test {
 protected:
  void SetUp() override {
    Sql("INSERT INTO account (id, name, sealed_data_key) VALUES ('a', 'a', '')");
    Sql("INSERT INTO scaling_configuration VALUES (1, 'a', 'n', 'i', '{}', 'c', 0, NULL, '{}', "
        "false, NULL, '[]', "
        "'{}', '{}', '', '', false, NULL, '[]', NULL, NULL, NULL, NULL, NULL, NULL, now(), 0, 0, "
        "0, 0, '{}')");
    Sql("INSERT INTO scaling_group VALUES (1, 'a', 0, 'g', 'Active', 0, 9, 3, 'Create', 'created', "
        "NULL, 0, 1, "
        "'RemoveOldestInstance', 'v', '{s}', 'choice-first', '{}', '[]', '{}', now(), NULL, NULL, "
        "NULL, NULL, 0, NULL, "
        "0, now())");
  }

  std::string Sql(const std::string& sql) { return RunSql(database_.dsn(), sql); }
  // "" if the statement succeeds.
  std::string Refusal(const std::string& sql) {
    try {
      Sql(sql);
    } catch (const pqxx::sql_error& error) {
      return error.what();
    }
    return "";
  }

  TestDatabase database_;
};

TEST_F(Schema, HistoryIsNeverChangedDeletedOrTruncated) {
  Sql("INSERT INTO activity_history VALUES (1, 1, 'a', 'ScaleOut', 'Succeeded', 'Create', '', "
      "NULL, 0, '', now(), "
      "now(), now(), 0, '{}', '{}', '[]', '{}'), (2, 1, 'a', 'ScaleOut', 'Succeeded', 'Create', "
      "'', NULL, 0, '', "
      "'2020-01-01', now(), now(), 0, '{}', '{}', '[]', '{}')");
  for (const char* sql :
       {"UPDATE activity_history SET status = 'Failed' WHERE id = 1",
        "UPDATE activity_history SET status = 'Failed' WHERE id = 2",
        "DELETE FROM activity_history WHERE id = 1", "TRUNCATE activity_history"}) {
    EXPECT_THAT(Refusal(sql), HasSubstr("never changes")) << sql;
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM activity_history WHERE status = 'Succeeded'"), "2");
}

TEST_F(Schema, HistoryGoesToItsMonth) {
  Sql("INSERT INTO activity_history VALUES (1, 1, 'a', 'ScaleOut', 'Succeeded', 'Create', '', "
      "NULL, 0, '', now(), "
      "now(), now(), 0, '{}', '{}', '[]', '{}')");
  EXPECT_EQ(Sql("SELECT tableoid::regclass = to_regclass('activity_history_' || to_char(now() AT "
                "TIME ZONE 'UTC', "
                "'YYYYMM')) FROM activity_history"),
            "t");
}

TEST_F(Schema, EveryDesiredChangeLeavesARowThatNamesItsCause) {
  EXPECT_THAT(Refusal("UPDATE scaling_group SET desired_capacity = 2"),
              HasSubstr("without a cause"));
  EXPECT_EQ(Refusal("UPDATE scaling_group SET desired_capacity = 2, cause_kind = 'Modify', "
                    "cause_text = 'less'"),
            "");
  EXPECT_EQ(Refusal("UPDATE scaling_group SET name = 'other'"), "");
  EXPECT_EQ(Sql("SELECT string_agg(concat_ws(' ', before, after, cause_kind, cause_text), '; ' "
                "ORDER BY changed_at) "
                "FROM desired_change"),
            "3 Create created; 3 2 Modify less");
}

TEST_F(Schema, DesiredStaysWithinBounds) {
  for (const char* sql :
       {"UPDATE scaling_group SET min_size = 4", "UPDATE scaling_group SET max_size = 2",
        "UPDATE scaling_group SET min_size = -1",
        "UPDATE scaling_group SET desired_capacity = 10, cause_text = 'more'",
        "UPDATE scaling_group SET subnet_ids = '{}'", "UPDATE scaling_group SET shard = 256"}) {
    EXPECT_THAT(Refusal(sql), HasSubstr("check constraint")) << sql;
  }
}

TEST_F(Schema, IdsGrowAndHave18Or19Digits) {
  EXPECT_EQ(Sql("SELECT bool_and(id > before) FROM (SELECT id, lag(id, 1, 0::bigint) OVER (ORDER "
                "BY n) AS before FROM "
                "(SELECT n, next_id() AS id FROM generate_series(1, 1000) AS n) AS made) AS pairs"),
            "t");
  EXPECT_EQ(Sql("SELECT length(next_id()::text) BETWEEN 18 AND 19"), "t");
}

}  // namespace accordion::persistence
