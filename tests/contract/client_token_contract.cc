#include "tests/contract/store_contract.h"

namespace accordion::testing {

using ::testing::Eq;
using ::testing::Optional;

namespace {

ports::ClientTokenRecord RecordOf(const domain::AccountId& account, const std::string& token) {
  return {.account_id = account,
          .token = token,
          .action = "CreateScalingGroup",
          .request_sha256 = std::string(64, 'a'),
          .answer = std::string("\x0a\x00\xff 答", 7)};
}

}  // namespace

TEST_P(StoreContract, AClientTokensRecordIsReadAsWrittenByItsAccountOnly) {
  const ports::ClientTokenRecord record = RecordOf(own, "token '1'");
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.client_tokens().Put(record); }));
  EXPECT_THAT(
      Read([&](ports::Tx& tx) { return tx.client_tokens().Find(own, "token '1'", kLongAgo); }),
      IsOkAndHolds(Optional(record)));
  EXPECT_THAT(
      Write([&](ports::Tx& tx) { return tx.client_tokens().Lock(own, "token '1'", kLongAgo); }),
      IsOkAndHolds(Optional(record)));
  EXPECT_THAT(
      Read([&](ports::Tx& tx) { return tx.client_tokens().Find(foreign, "token '1'", kLongAgo); }),
      IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(
      Write([&](ports::Tx& tx) { return tx.client_tokens().Lock(own, "token '2'", kLongAgo); }),
      IsOkAndHolds(Eq(std::nullopt)));
}

TEST_P(StoreContract, AClientTokensRecordCountsForAsLongAsTheCallerSays) {
  ports::ClientTokenRecord record = RecordOf(own, "t");
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.client_tokens().Put(record); }));
  const auto now = Read([](ports::Tx& tx) -> absl::StatusOr<absl::Time> { return tx.Now(); });
  ASSERT_OK(now);
  const absl::Time later = *now + absl::Seconds(1);
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.client_tokens().Find(own, "t", later); }),
              IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.client_tokens().Lock(own, "t", later); }),
              IsOkAndHolds(Eq(std::nullopt)));
  record.action = "DeleteScalingGroup";
  record.request_sha256 = std::string(64, 'b');
  record.answer = "other";
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.client_tokens().Put(record); }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.client_tokens().Find(own, "t", kLongAgo); }),
              IsOkAndHolds(Optional(record)));
}

TEST_P(StoreContract, AClientTokensRecordGoesWithItsTransaction) {
  EXPECT_THAT(Write([&](ports::Tx& tx) -> absl::Status {
                EXPECT_OK(tx.client_tokens().Lock(own, "t", kLongAgo));
                EXPECT_OK(tx.client_tokens().Put(RecordOf(own, "t")));
                return absl::CancelledError("no");
              }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.client_tokens().Find(own, "t", kLongAgo); }),
              IsOkAndHolds(Eq(std::nullopt)));
}

TEST_P(StoreContract, AClientTokenOfAnUnknownAccountIsRefused) {
  EXPECT_THAT(Write([&](ports::Tx& tx) {
                return tx.client_tokens().Put(RecordOf(domain::AccountId("nobody"), "t"));
              }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(StoreContract, OldClientTokensArePrunedInBatches) {
  for (const char* token : {"1", "2", "3"}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.client_tokens().Put(RecordOf(own, token)); }));
  }
  const auto now = Read([](ports::Tx& tx) -> absl::StatusOr<absl::Time> { return tx.Now(); });
  ASSERT_OK(now);
  const auto prune = [&](absl::Time before) {
    return Write([&](ports::Tx& tx) { return tx.client_tokens().Prune(before, 2); });
  };
  EXPECT_THAT(prune(*now - absl::Hours(1)), IsOkAndHolds(0));
  EXPECT_THAT(prune(*now + absl::Hours(1)), IsOkAndHolds(2));
  EXPECT_THAT(prune(*now + absl::Hours(1)), IsOkAndHolds(1));
  EXPECT_THAT(prune(*now + absl::Hours(1)), IsOkAndHolds(0));
}

}  // namespace accordion::testing
