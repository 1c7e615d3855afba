#include "persistence/connection_pool.h"

#include <pqxx/pqxx>
#include <thread>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::StatusIs;
using ::accordion::testing::TestDatabase;

class ConnectionPoolTest : public ::testing::Test {
 protected:
  TestDatabase database_;
  ConnectionPool pool_{WithSettings(database_.dsn(), SessionSettings()), 2};
};

TEST_F(ConnectionPoolTest, LendsNoMoreThanItHas) {
  ASSERT_OK_AND_ASSIGN(const auto first, pool_.Borrow(absl::ZeroDuration()));
  {
    ASSERT_OK_AND_ASSIGN(const auto second, pool_.Borrow(absl::ZeroDuration()));
    EXPECT_THAT(pool_.Borrow(absl::Milliseconds(5)).status(),
                StatusIs(absl::StatusCode::kDeadlineExceeded));
  }
  EXPECT_OK(pool_.Borrow(absl::ZeroDuration()).status());
}

TEST_F(ConnectionPoolTest, WaitsForOneToComeBack) {
  absl::StatusOr<ConnectionPool::Borrowed> first = pool_.Borrow(absl::ZeroDuration());
  ASSERT_OK_AND_ASSIGN(const auto second, pool_.Borrow(absl::ZeroDuration()));
  std::thread waiter([&] { EXPECT_OK(pool_.Borrow(absl::Seconds(10)).status()); });
  { const ConnectionPool::Borrowed returned = *std::move(first); }
  waiter.join();
}

TEST_F(ConnectionPoolTest, ReusesTheWarmestButNeverABrokenOne) {
  int pid = 0;
  {
    ASSERT_OK_AND_ASSIGN(const auto connection, pool_.Borrow(absl::ZeroDuration()));
    EXPECT_FALSE(connection.reused());
    pid = connection->raw().backendpid();
  }
  {
    ASSERT_OK_AND_ASSIGN(const auto connection, pool_.Borrow(absl::ZeroDuration()));
    EXPECT_TRUE(connection.reused());
    EXPECT_EQ(connection->raw().backendpid(), pid);
    connection->MarkBroken();
  }
  ASSERT_OK_AND_ASSIGN(const auto connection, pool_.Borrow(absl::ZeroDuration()));
  EXPECT_FALSE(connection.reused());
  EXPECT_NE(connection->raw().backendpid(), pid);
}

TEST_F(ConnectionPoolTest, ABrokenOneTakesTheIdleOnesWithIt) {
  absl::StatusOr<ConnectionPool::Borrowed> first = pool_.Borrow(absl::ZeroDuration());
  { ASSERT_OK_AND_ASSIGN(const auto second, pool_.Borrow(absl::ZeroDuration())); }
  (*first)->MarkBroken();
  { const ConnectionPool::Borrowed returned = *std::move(first); }
  ASSERT_OK_AND_ASSIGN(const auto connection, pool_.Borrow(absl::ZeroDuration()));
  EXPECT_FALSE(connection.reused());
}

TEST_F(ConnectionPoolTest, SessionsHaveTheirTimeOuts) {
  ASSERT_OK_AND_ASSIGN(const auto connection, pool_.Borrow(absl::ZeroDuration()));
  pqxx::nontransaction transaction(connection->raw());
  const auto setting = [&](const std::string& name) {
    return transaction.exec("SHOW " + name)[0][0].as<std::string>();
  };
  EXPECT_EQ(setting("idle_in_transaction_session_timeout"), "2s");
  EXPECT_EQ(setting("lock_timeout"), "2s");
  EXPECT_EQ(setting("statement_timeout"), "5s");
  EXPECT_EQ(setting("timezone"), "UTC");
}

}  // namespace accordion::persistence
