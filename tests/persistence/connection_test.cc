#include "persistence/connection.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace accordion::persistence {

using ::accordion::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(WithSettings, AddsTimeOutsToKeysAndValues) {
  const std::string dsn = WithSettings("host=/run dbname=accordion", SessionSettings());
  EXPECT_THAT(dsn, StartsWith("host=/run dbname=accordion "));
  EXPECT_THAT(dsn, HasSubstr("tcp_user_timeout='5000'"));
  EXPECT_THAT(dsn, HasSubstr("target_session_attrs='read-write'"));
  EXPECT_THAT(dsn, HasSubstr("-c idle_in_transaction_session_timeout=2000 -c lock_timeout=2000 "
                             "-c statement_timeout=5000 -c timezone=UTC"));
}

TEST(WithSettings, AddsTimeOutsToAUri) {
  const std::string dsn =
      WithSettings("postgresql://a,b/accordion?sslmode=verify-full", SessionSettings());
  EXPECT_THAT(dsn, StartsWith("postgresql://a,b/accordion?sslmode=verify-full&connect_timeout=5&"));
  EXPECT_THAT(dsn, HasSubstr("options=-c%20idle_in_transaction_session_timeout%3D2000%20-c%20"));
  EXPECT_THAT(WithSettings("postgres://a/b", SessionSettings()),
              StartsWith("postgres://a/b?connect_timeout=5&"));
}

TEST(WithSettings, KeepsWhatTheOperatorSet) {
  const std::string dsn = WithSettings("host=a connect_timeout=9", SessionSettings());
  EXPECT_THAT(dsn, Not(HasSubstr("connect_timeout='5'")));
}

TEST(Connection, IsUnavailableWithoutAServer) {
  EXPECT_THAT(Connection::Open("host=/nonexistent dbname=x"),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace accordion::persistence
