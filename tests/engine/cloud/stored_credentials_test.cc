#include "engine/cloud/stored_credentials.h"

#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace accordion::cloud {
namespace {

using testing::StatusIs;

class StoredCredentialsTest : public ::testing::Test {
 protected:
  void Put(const char* key) {
    ASSERT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
      const absl::Status account = tx.accounts().PutAccount({.id = kAccount, .name = "test"});
      if (!account.ok()) return account;
      return tx.accounts().PutCloudCredential({.account_id = kAccount,
                                               .access_key_id = key,
                                               .secret_key = base::SecretString("secret")});
    }));
  }

  const domain::AccountId kAccount{"1"};
  testing::FakeClock clock_;
  testing::MemoryStore store_{clock_};
  StoredCredentials credentials_{store_, clock_, absl::Minutes(5)};
};

TEST_F(StoredCredentialsTest, KeepsACredentialForItsTime) {
  Put("first");
  EXPECT_EQ(credentials_.CredentialOf(kAccount)->access_key_id, "first");
  Put("second");
  clock_.Advance(absl::Minutes(5) - absl::Seconds(1));
  EXPECT_EQ(credentials_.CredentialOf(kAccount)->access_key_id, "first");
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(credentials_.CredentialOf(kAccount)->access_key_id, "second");
}

TEST_F(StoredCredentialsTest, AMissingOneIsLookedForAgain) {
  EXPECT_THAT(credentials_.CredentialOf(kAccount), StatusIs(absl::StatusCode::kNotFound));
  Put("first");
  EXPECT_OK(credentials_.CredentialOf(kAccount));
}

}  // namespace
}  // namespace accordion::cloud
