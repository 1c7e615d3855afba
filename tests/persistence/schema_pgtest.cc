// What the schema refuses whoever writes, also behind the store's back.
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

TEST_F(Schema, NoColumnOfATerminalActivityChangesByAnyPath) {
  Sql("INSERT INTO activity_history VALUES (1, 1, 'a', 'ScaleOut', 'Succeeded', 'Create', '', "
      "NULL, 0, '', now(), now(), now(), 0, '{i}', '{}', '[]', '{}'), (2, 1, 'a', 'ScaleOut', "
      "'Cancelled', 'Create', '', NULL, 0, '', '2020-01-01', now(), now(), 0, '{}', '{}', '[]', "
      "'{}')");
  const std::string before =
      Sql("SELECT md5(string_agg(h::text, ' ' ORDER BY id)) FROM "
          "activity_history AS h");
  const std::string month = Sql("SELECT tableoid::regclass FROM activity_history WHERE id = 1");
  const std::vector<std::string> columns =
      absl::StrSplit(Sql("SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = "
                         "'activity_history'::regclass AND attnum > 0 AND NOT attisdropped"),
                     ',');
  EXPECT_GE(columns.size(), 18u);
  for (const std::string& column : columns) {
    // The same value is a change, too; and partitions are tables of their own.
    for (const std::string& table :
         {std::string("activity_history"), month, std::string("activity_history_other")}) {
      const std::string set = absl::StrCat("UPDATE ", table, " SET ", column, " = ", column);
      EXPECT_THAT(Refusal(set), HasSubstr("never changes")) << set;
      EXPECT_THAT(Refusal(absl::StrCat("INSERT INTO ", table, " SELECT * FROM ", table,
                                       " ON CONFLICT (id, start_time) DO UPDATE SET ", column,
                                       " = excluded.", column)),
                  HasSubstr("never changes"))
          << table << " " << column;
    }
  }
  // The row's partition is its key's: a move between partitions is a change.
  EXPECT_THAT(Refusal("UPDATE activity_history SET start_time = now() WHERE id = 2"),
              HasSubstr("never changes"));
  EXPECT_THAT(Refusal(absl::StrCat("DELETE FROM ", month)), HasSubstr("never changes"));
  EXPECT_THAT(Refusal("DELETE FROM activity_history_other"), HasSubstr("never changes"));
  EXPECT_THAT(Refusal("WITH gone AS (DELETE FROM activity_history RETURNING *) SELECT 1 FROM gone"),
              HasSubstr("never changes"));
  EXPECT_THAT(Refusal("MERGE INTO activity_history AS h USING activity_history AS o ON h.id = o.id "
                      "WHEN MATCHED THEN UPDATE SET status = 'Failed'"),
              HasSubstr("never changes"));
  EXPECT_THAT(Refusal("UPDATE activity_history SET status = 'Failed' FROM account"),
              HasSubstr("never changes"));
  EXPECT_THAT(Refusal("INSERT INTO activity_history SELECT * FROM activity_history WHERE id = 1"),
              HasSubstr("duplicate key"));
  EXPECT_EQ(Sql("SELECT md5(string_agg(h::text, ' ' ORDER BY id)) FROM activity_history AS h"),
            before);
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

TEST_F(Schema, TheRecordOfADesiredChangeStaysAndGoesOnlyWithItsGroup) {
  for (const char* column : {"before", "after", "cause_kind", "cause_text", "changed_at",
                             "policy_id", "group_id", "account_id"}) {
    EXPECT_THAT(Refusal(absl::StrCat("UPDATE desired_change SET ", column, " = ", column)),
                HasSubstr("never changes"))
        << column;
  }
  // Every part of the cause tells two changes apart; none at all is refused.
  for (const char* cause : {"cause_kind = 'Task'", "cause_text = 'again'", "cause_policy_id = 5"}) {
    EXPECT_EQ(Refusal(absl::StrCat(
                  "UPDATE scaling_group SET desired_capacity = desired_capacity - 1, ", cause)),
              "")
        << cause;
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM desired_change"), "4");
  Sql("DELETE FROM scaling_group");
  EXPECT_EQ(Sql("SELECT count(*) FROM desired_change"), "0");
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
