// What PostgreSQL adds to the lease contract: other primaries, stuck holders, renewals that never
// wait.
#include <pqxx/pqxx>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::RunSql;
using ::accordion::testing::StatusIs;
using ::accordion::testing::TestDatabase;

constexpr absl::Duration kTtl = absl::Seconds(12);

class PostgresLease : public ::testing::Test {
 protected:
  std::string Sql(const std::string& sql) { return RunSql(test_database_.dsn(), sql); }

  TestDatabase test_database_;
  std::unique_ptr<Database> database_ = *OpenDatabase(test_database_.options());
  ports::LeaseStore& leases_ = database_->leases();
};

TEST_F(PostgresLease, AnotherPrimaryEndsAllLeases) {
  ASSERT_OK_AND_ASSIGN(const int64_t session, leases_.OpenSession("engine", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto held, leases_.Acquire(session));
  const ports::Fence fence{.shard = 0, .session = session, .epoch = held[0].epoch};
  const auto nothing = [](ports::Tx&) { return absl::OkStatus(); };
  ASSERT_OK(database_->store().Transact(fence, nothing));

  // What a promoted standby's engine reads: rows that name the former timeline.
  Sql("UPDATE shard SET timeline = '0000FFFF'; UPDATE engine_session SET timeline = '0000FFFF'");
  const auto refused = StatusIs(absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(database_->store().Transact(fence, nothing), refused);
  EXPECT_THAT(leases_.Renew(session, kTtl), refused);
  EXPECT_THAT(leases_.Acquire(session), refused);

  ASSERT_OK(leases_.Close(session));
  ASSERT_OK_AND_ASSIGN(const int64_t fresh, leases_.OpenSession("engine", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto again, leases_.Acquire(fresh));
  EXPECT_GT(again[0].epoch, held[0].epoch);
  EXPECT_OK(database_->store().Transact({.shard = 0, .session = fresh, .epoch = again[0].epoch},
                                        nothing));
}

TEST_F(PostgresLease, ARenewalDoesNotWaitForAFencedTransaction) {
  ASSERT_OK_AND_ASSIGN(const int64_t session, leases_.OpenSession("engine", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto held, leases_.Acquire(session));
  EXPECT_OK(database_->store().Transact(
      {.shard = 3, .session = session, .epoch = held[3].epoch}, [&](ports::Tx&) {
        return leases_.Renew(session, kTtl);  // would time out on the row's lock
      }));
}

TEST_F(PostgresLease, AnEngineThatIsStuckInATransactionIsCutOff) {
  ASSERT_OK_AND_ASSIGN(const int64_t stuck, leases_.OpenSession("engine-1", kTtl));
  ASSERT_OK(leases_.Acquire(stuck));
  Sql(absl::StrCat("UPDATE engine_session SET expires_at = clock_timestamp() WHERE sid = ", stuck));
  ASSERT_OK_AND_ASSIGN(const int64_t other, leases_.OpenSession("engine-2", kTtl));

  // A fenced transaction whose engine was stopped: the server ends it after idle_in_transaction.
  pqxx::connection connection(
      WithSettings(test_database_.dsn(), {.idle_in_transaction = absl::Milliseconds(200)}));
  pqxx::work transaction(connection);
  transaction.exec(
      absl::StrCat("SELECT 1 FROM shard WHERE shard = 9 AND sid = ", stuck, " FOR SHARE"));
  ASSERT_OK_AND_ASSIGN(const auto taken, leases_.Acquire(other));
  EXPECT_EQ(taken.size(), static_cast<size_t>(ports::kShardCount));
  EXPECT_THROW(transaction.exec("SELECT 1"), pqxx::failure);
}

}  // namespace accordion::persistence
