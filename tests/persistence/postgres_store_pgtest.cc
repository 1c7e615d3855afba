// What PostgreSQL adds to the store's contract: lost connections, deadlocks, time-outs, and errors
// that can't be ignored.
#include "persistence/postgres_store.h"

#include <pqxx/pqxx>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/barrier.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::IsOkAndHolds;
using ::accordion::testing::RunSql;
using ::accordion::testing::StatusIs;
using ::accordion::testing::TestDatabase;

class PostgresStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* id : {"a", "b"}) {
      ASSERT_OK(store_.Transact([&](ports::Tx& tx) {
        return tx.accounts().PutAccount({.id = domain::AccountId(id), .name = "0"});
      }));
    }
  }

  // Ends every session of the database but the caller's.
  void KillSessions() {
    RunSql(test_database_.dsn(),
           "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
           "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }
  absl::Status Rename(ports::Tx& tx, const char* id, const std::string& name) {
    return tx.accounts().PutAccount({.id = domain::AccountId(id), .name = name});
  }
  std::string NameOf(const char* id) {
    return RunSql(test_database_.dsn(),
                  absl::StrCat("SELECT name FROM account WHERE id = '", id, "'"));
  }

  TestDatabase test_database_;
  std::unique_ptr<Database> database_ = *OpenDatabase(test_database_.options());
  ports::Store& store_ = database_->store();
};

TEST_F(PostgresStoreTest, OutlivesConnectionsThatDiedWhileIdle) {
  ASSERT_OK(database_->Ping());
  KillSessions();
  EXPECT_OK(database_->Ping());
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) { return Rename(tx, "a", "1"); }));
  EXPECT_EQ(NameOf("a"), "1");
}

TEST_F(PostgresStoreTest, RunsAgainWhatLostItsConnectionInTheMiddle) {
  int runs = 0;
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) {
    const absl::Status first = Rename(tx, "a", absl::StrCat("run ", ++runs));
    if (!first.ok()) return first;
    if (runs == 1) KillSessions();
    return Rename(tx, "b", "done");
  }));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(NameOf("a"), "run 2");
  EXPECT_EQ(NameOf("b"), "done");
}

TEST_F(PostgresStoreTest, NeverCommitsAfterAFailedStatement) {
  const absl::Status status = store_.Transact([&](ports::Tx& tx) {
    Rename(tx, "a", "half").IgnoreError();
    // Not valid as a UUID, so PostgreSQL gives the transaction up.
    tx.outbox()
        .Add({.event_id = "no uuid", .group = {domain::AccountId("a")}, .notification_type = 1})
        .IgnoreError();
    EXPECT_THAT(tx.accounts().GetAccount(domain::AccountId("a")),
                StatusIs(absl::StatusCode::kInternal));
    return absl::OkStatus();
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(NameOf("a"), "0");
}

TEST_F(PostgresStoreTest, ADeadlockIsRunAgain) {
  absl::Barrier* both_hold_one = new absl::Barrier(2);
  int runs[2] = {0, 0};
  const auto cross = [&](int who, const char* first, const char* second) {
    return store_.Transact([&, who, first, second](ports::Tx& tx) {
      const absl::Status one = Rename(tx, first, absl::StrCat("by ", who));
      if (!one.ok()) return one;
      if (++runs[who] == 1 && both_hold_one->Block()) delete both_hold_one;
      return Rename(tx, second, absl::StrCat("by ", who));
    });
  };
  absl::Status other;
  std::thread thread([&] { other = cross(1, "b", "a"); });
  EXPECT_OK(cross(0, "a", "b"));
  thread.join();
  EXPECT_OK(other);
  // The victim may take its first row again before the other is woken, and be a victim once more.
  EXPECT_GE(runs[0] + runs[1], 3);
  EXPECT_EQ(NameOf("a"), NameOf("b"));
}

TEST_F(PostgresStoreTest, ALockThatIsNotGivenInTimeIsADeadline) {
  DatabaseOptions options = test_database_.options();
  options.session.lock_timeout = absl::Milliseconds(50);
  ASSERT_OK_AND_ASSIGN(const auto impatient, OpenDatabase(options));
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) {
    const absl::Status held = Rename(tx, "a", "held");
    EXPECT_THAT(
        impatient->store().Transact([&](ports::Tx& other) { return Rename(other, "a", "never"); }),
        StatusIs(absl::StatusCode::kDeadlineExceeded));
    return held;
  }));
  EXPECT_EQ(NameOf("a"), "held");
}

TEST_F(PostgresStoreTest, AReadSeesOneSnapshot) {
  EXPECT_OK(store_.Read([&](ports::Tx& reader) {
    const auto before = reader.accounts().GetAccount(domain::AccountId("a"));
    EXPECT_OK(store_.Transact([&](ports::Tx& tx) { return Rename(tx, "a", "changed"); }));
    const auto after = reader.accounts().GetAccount(domain::AccountId("a"));
    EXPECT_EQ(before->name, after->name);
    return after.status();
  }));
  EXPECT_EQ(NameOf("a"), "changed");
}

TEST_F(PostgresStoreTest, HandlesManyTransactionsAtOnce) {
  constexpr int kThreads = 12;  // twice the pool
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 10; ++round) {
        EXPECT_OK(store_.Transact([&](ports::Tx& tx) {
          return tx.accounts().PutQuota(domain::AccountId("a"), "max_size", i);
        }));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(RunSql(test_database_.dsn(),
                   "SELECT count(*) <= 6 FROM pg_stat_activity WHERE datname = current_database() "
                   "AND pid <> pg_backend_pid()"),
            "t");
}

}  // namespace accordion::persistence
