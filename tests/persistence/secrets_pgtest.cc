// Secrets at rest: not in any table, not in any message.
#include <pqxx/pqxx>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::RunSql;
using ::accordion::testing::StatusIs;
using ::accordion::testing::TestDatabase;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

constexpr char kCanary[] = "canary-5f1c";

// Every row of every table, as text; bytea as hexadecimal.
std::string Dump(const std::string& dsn) {
  pqxx::connection connection(dsn);
  pqxx::nontransaction transaction(connection);
  std::string dump;
  const pqxx::result tables = transaction.exec(
      "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
      "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'");
  for (const auto& table : tables) {
    const pqxx::result rows =
        transaction.exec(absl::StrCat("SELECT t::text FROM ", table[0].c_str(), " t"));
    for (const auto& row : rows) absl::StrAppend(&dump, row[0].c_str(), "\n");
  }
  return dump;
}

}  // namespace

class Secrets : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(database_->store().Transact([&](ports::Tx& tx) -> absl::Status {
      for (const absl::Status& status : {
               tx.accounts().PutAccount({.id = account_, .name = "own"}),
               tx.accounts().PutAccessKey({.access_key_id = "AKLT",
               .secret_key = base::SecretString(kCanary),
               .account_id = account_}),
               tx.accounts().PutCloudCredential({.account_id = account_,
               .access_key_id = "AKLT",
               .secret_key = base::SecretString(kCanary)}),
               tx.configurations().Insert(Configuration()),
               tx.groups().Insert(Group()),
               tx.activities().Open(Activity(), {}, {}),
           }) {
        if (!status.ok()) return status;
      }
      return absl::OkStatus();
    }));
  }

  domain::ScalingConfiguration Configuration() const {
    domain::ScalingConfiguration configuration;
    configuration.id = domain::ConfigurationId(1);
    configuration.account_id = account_;
    configuration.name = "visible-name";
    configuration.password = base::SecretString(kCanary);
    configuration.user_data = base::SecretString(kCanary);
    return configuration;
  }

  domain::ScalingGroup Group() const {
    domain::ScalingGroup group;
    group.id = domain::GroupId(1);
    group.account_id = account_;
    group.configuration_id = domain::ConfigurationId(1);
    group.subnet_ids = {domain::SubnetId("s")};
    return group;
  }

  activity::Activity Activity() const {
    activity::Activity activity;
    activity.id = domain::ActivityId(1);
    activity.group_id = domain::GroupId(1);
    activity.account_id = account_;
    activity.configuration = Configuration();
    return activity;
  }

  const domain::AccountId account_{"2000012345"};
  TestDatabase test_database_;
  std::unique_ptr<Database> database_ = *OpenDatabase(test_database_.options());
};

TEST_F(Secrets, AreInNoTable) {
  const std::string dump = Dump(test_database_.dsn());
  ASSERT_THAT(dump, HasSubstr("visible-name"));
  EXPECT_THAT(dump, Not(HasSubstr(kCanary)));
  EXPECT_THAT(dump, Not(HasSubstr(absl::BytesToHexString(kCanary))));
}

TEST_F(Secrets, MovedToAnotherRowDoNotOpen) {
  RunSql(test_database_.dsn(),
         "UPDATE scaling_configuration SET sealed_password = sealed_user_data");
  const absl::Status status = database_->store().Read([&](ports::Tx& tx) {
    return tx.configurations().Get(account_, domain::ConfigurationId(1)).status();
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr(kCanary)));
}

TEST_F(Secrets, AnAccountKeepsItsKeyWhenItIsPutAgain) {
  ASSERT_OK(database_->store().Transact([&](ports::Tx& tx) {
    return tx.accounts().PutAccount({.id = account_, .name = "renamed"});
  }));
  EXPECT_OK(database_->store().Read([&](ports::Tx& tx) {
    const auto key = tx.accounts().GetAccessKey("AKLT");
    EXPECT_EQ(key.ok() ? key->secret_key.Reveal() : "", kCanary);
    return key.status();
  }));
}

TEST_F(Secrets, AreNotInErrors) {
  const absl::Status status = database_->store().Transact([&](ports::Tx& tx) {
    domain::ScalingConfiguration broken = Configuration();
    broken.id = domain::ConfigurationId(-1);  // hurts a CHECK: PostgreSQL's DETAIL shows the row
    broken.name = kCanary;
    return tx.configurations().Insert(broken);
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr(kCanary)));
}

}  // namespace accordion::persistence
