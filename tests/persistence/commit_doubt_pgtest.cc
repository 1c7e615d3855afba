#include "persistence/commit_doubt.h"

#include <pqxx/pqxx>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::StatusIs;
using ::accordion::testing::TestDatabase;

class CommitDoubt : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Connection>> Connect() {
    return Connection::Open(WithSettings(database_.dsn(), SessionSettings()));
  }
  absl::Status Resolve(const CommitTicket& ticket) {
    return ResolveCommit(
        ticket, [&] { return Connect(); }, [&](absl::Duration) { ++pauses_; });
  }
  // A transaction that wrote and took its ticket, and then ended as `finish` says.
  template <typename Finish>
  CommitTicket TicketOf(Finish finish) {
    const auto connection = *Connect();
    pqxx::work transaction(connection->raw());
    SqlTransaction sql(connection->raw(), transaction);
    transaction.exec("INSERT INTO account (id, name, sealed_data_key) VALUES ('a', 'a', '')");
    CommitTicket ticket = TakeTicket(sql);
    finish(transaction, ticket);
    return ticket;
  }

  TestDatabase database_;
  int pauses_ = 0;
};

TEST_F(CommitDoubt, FindsACommittedTransaction) {
  EXPECT_OK(Resolve(
      TicketOf([](pqxx::work& transaction, const CommitTicket&) { transaction.commit(); })));
  EXPECT_EQ(pauses_, 0);
}

TEST_F(CommitDoubt, FindsALostTransaction) {
  EXPECT_THAT(
      Resolve(TicketOf([](pqxx::work& transaction, const CommitTicket&) { transaction.abort(); })),
      StatusIs(absl::StatusCode::kAborted));
}

TEST_F(CommitDoubt, WaitsForATransactionInProgress) {
  TicketOf([&](pqxx::work& transaction, const CommitTicket& ticket) {
    const absl::Status resolved = ResolveCommit(
        ticket, [&] { return Connect(); },
        [&](absl::Duration) {
          if (++pauses_ == 2) transaction.commit();
        });
    EXPECT_OK(resolved);
  });
  EXPECT_EQ(pauses_, 2);
}

TEST_F(CommitDoubt, CannotTellAfterAnotherServerTookOver) {
  CommitTicket ticket =
      TicketOf([](pqxx::work& transaction, const CommitTicket&) { transaction.commit(); });
  ticket.timeline = "0000FFFF";
  EXPECT_THAT(Resolve(ticket), StatusIs(absl::StatusCode::kUnknown));
}

TEST_F(CommitDoubt, CannotTellWhileTheServerIsAway) {
  const CommitTicket ticket =
      TicketOf([](pqxx::work& transaction, const CommitTicket&) { transaction.commit(); });
  int tries = 0;
  const absl::Status resolved = ResolveCommit(
      ticket,
      [&]() -> absl::StatusOr<std::unique_ptr<Connection>> {
        ++tries;
        return absl::UnavailableError("away");
      },
      [](absl::Duration) {});
  EXPECT_THAT(resolved, StatusIs(absl::StatusCode::kUnknown));
  EXPECT_GT(tries, 10);
}

TEST_F(CommitDoubt, ATransactionThatWroteNothingMayRunAgain) {
  EXPECT_THAT(Resolve({.xid = "", .timeline = "00000001"}), StatusIs(absl::StatusCode::kAborted));
}

}  // namespace accordion::persistence
