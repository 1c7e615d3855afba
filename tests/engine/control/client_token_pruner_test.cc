#include "engine/control/client_token_pruner.h"

#include "absl/strings/str_cat.h"
#include "engine/domain/limits.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"
#include "tests/support/virtual_executor.h"

namespace accordion::control {
namespace {

class ClientTokenPrunerTest : public ::testing::Test {
 protected:
  ClientTokenPrunerTest() {
    EXPECT_OK(store_.Transact(
        [&](ports::Tx& tx) { return tx.accounts().PutAccount({.id = account_, .name = "one"}); }));
    pruner_.Start();
  }

  void AddTokens(int count) {
    EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        EXPECT_OK(
            tx.client_tokens().Put({.account_id = account_,
                                    .token = absl::StrCat(absl::ToUnixSeconds(tx.Now()), "-", i)}));
      }
      return absl::OkStatus();
    }));
  }
  // Also those that count no more.
  int Kept() {
    int kept = 0;
    const absl::Status counted = store_.Transact([&](ports::Tx& tx) -> absl::Status {
      kept = *tx.client_tokens().Prune(absl::InfiniteFuture(), 1'000'000);
      return absl::CancelledError("only counts");
    });
    EXPECT_TRUE(absl::IsCancelled(counted));
    return kept;
  }

  const domain::AccountId account_{"73400123"};
  testing::FakeClock clock_;
  testing::VirtualTime time_{clock_};
  testing::MemoryStore store_{clock_};
  testing::VirtualExecutor executor_{time_};
  ports::NullTelemetry telemetry_;
  ClientTokenPruner pruner_{{store_, executor_, clock_, telemetry_}};
};

TEST_F(ClientTokenPrunerTest, TokensGoAfterTheirLifetimeWithinAnHourHoweverMany) {
  AddTokens(2500);
  time_.RunFor(domain::kClientTokenLifetime - absl::Minutes(1));
  AddTokens(3);
  EXPECT_EQ(Kept(), 2503);
  time_.RunFor(absl::Hours(1) + absl::Minutes(2));
  EXPECT_EQ(Kept(), 3);
  time_.RunFor(domain::kClientTokenLifetime);
  EXPECT_EQ(Kept(), 0);
}

TEST_F(ClientTokenPrunerTest, AStoppedOneTouchesNothing) {
  AddTokens(1);
  pruner_.Stop();
  time_.RunFor(3 * domain::kClientTokenLifetime);
  EXPECT_EQ(Kept(), 1);
}

}  // namespace
}  // namespace accordion::control
