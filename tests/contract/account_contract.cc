#include "tests/contract/store_contract.h"

namespace accordion::testing {

using ::testing::ElementsAre;

TEST_P(StoreContract, AnAccountIsReadAsWritten) {
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.accounts().PutAccount({.id = own, .name = "改名", .frozen = true});
  }));
  const auto account = Read([&](ports::Tx& tx) { return tx.accounts().GetAccount(own); });
  ASSERT_OK(account);
  EXPECT_EQ(account->name, "改名");
  EXPECT_TRUE(account->frozen);
  EXPECT_THAT(
      Read([](ports::Tx& tx) { return tx.accounts().GetAccount(domain::AccountId("nobody")); }),
      StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, AnAccessKeyIsReadAsWrittenAndReplaced) {
  ports::AccessKey key{.access_key_id = "AKLT1",
                       .secret_key = base::SecretString("secret-1"),
                       .account_id = own,
                       .user = "root",
                       .enabled = true,
                       .allow = {"kec:Describe*", "kec:\"odd\""},
                       .security_token_sha256 = "abc",
                       .expires_at = kLongAgo};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.accounts().PutAccessKey(key); }));
  key.secret_key = base::SecretString("secret-2");
  key.enabled = false;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.accounts().PutAccessKey(key); }));

  const auto read = Read([](ports::Tx& tx) { return tx.accounts().GetAccessKey("AKLT1"); });
  ASSERT_OK(read);
  EXPECT_EQ(read->secret_key.Reveal(), "secret-2");
  EXPECT_EQ(read->account_id, own);
  EXPECT_EQ(read->user, "root");
  EXPECT_FALSE(read->enabled);
  EXPECT_THAT(read->allow, ElementsAre("kec:Describe*", "kec:\"odd\""));
  EXPECT_EQ(read->security_token_sha256, "abc");
  EXPECT_EQ(read->expires_at, kLongAgo);
  key.security_token_sha256.clear();
  key.expires_at = absl::InfiniteFuture();
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.accounts().PutAccessKey(key); }));
  EXPECT_EQ(Read([](ports::Tx& tx) { return tx.accounts().GetAccessKey("AKLT1"); })->expires_at,
            absl::InfiniteFuture());
  EXPECT_THAT(Read([](ports::Tx& tx) { return tx.accounts().GetAccessKey("AKLT2"); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, AKeyOfAnUnknownAccountIsRefused) {
  const ports::AccessKey key{.access_key_id = "AKLT1",
                             .secret_key = base::SecretString("secret"),
                             .account_id = domain::AccountId("nobody")};
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.accounts().PutAccessKey(key); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(StoreContract, CredentialsAreReadAsWritten) {
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.accounts().PutCloudCredential({.account_id = own,
                                             .access_key_id = "AKLTcloud",
                                             .secret_key = base::SecretString("cloud-secret")});
  }));
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.accounts().PutMetricCredential(
        {.token_sha256 = "abc", .account_id = own, .push_any = true});
  }));

  const auto cloud = Read([&](ports::Tx& tx) { return tx.accounts().GetCloudCredential(own); });
  ASSERT_OK(cloud);
  EXPECT_EQ(cloud->access_key_id, "AKLTcloud");
  EXPECT_EQ(cloud->secret_key.Reveal(), "cloud-secret");
  const auto metric = Read([](ports::Tx& tx) { return tx.accounts().GetMetricCredential("abc"); });
  ASSERT_OK(metric);
  EXPECT_EQ(metric->account_id, own);
  EXPECT_TRUE(metric->push_any);
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.accounts().GetCloudCredential(foreign); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Read([](ports::Tx& tx) { return tx.accounts().GetMetricCredential("abd"); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, QuotasAreDefaultsWithTheAccountsRowsOverThem) {
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.accounts().PutQuota(own, "max_size", 500); }));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.accounts().PutQuota(own, "max_size", 600); }));

  const auto quotas = Read([&](ports::Tx& tx) { return tx.accounts().GetQuotas(own); });
  ASSERT_OK(quotas);
  EXPECT_EQ(quotas->max_size, 600);
  EXPECT_EQ(quotas->groups, domain::Quotas().groups);
  const auto others = Read([&](ports::Tx& tx) { return tx.accounts().GetQuotas(foreign); });
  ASSERT_OK(others);
  EXPECT_EQ(others->max_size, domain::Quotas().max_size);
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.accounts().PutQuota(own, "beauty", 1); }),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace accordion::testing
