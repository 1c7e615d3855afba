#include "tests/contract/store_contract.h"

namespace accordion::testing {

using ::testing::IsEmpty;

TEST_P(StoreContract, AConfigurationIsReadAsWritten) {
  const domain::ScalingConfiguration full = MakeConfiguration();
  domain::ScalingConfiguration bare;
  bare.id = domain::ConfigurationId(NewId());
  bare.account_id = own;
  bare.create_time = kLongAgo;
  for (const domain::ScalingConfiguration& written : {full, bare}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.configurations().Insert(written); }));
    const auto read = Read([&](ports::Tx& tx) { return tx.configurations().Get(own, written.id); });
    ASSERT_OK(read);
    EXPECT_TRUE(*read == written);
  }
}

TEST_P(StoreContract, AConfigurationsIdIsTakenOnce) {
  domain::ScalingConfiguration configuration = MakeConfiguration();
  configuration.id = configuration_id;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.configurations().Insert(configuration); }),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_P(StoreContract, AForeignConfigurationIsNotFound) {
  const auto not_found = StatusIs(absl::StatusCode::kNotFound);
  EXPECT_THAT(
      Read([&](ports::Tx& tx) { return tx.configurations().Get(foreign, configuration_id); }),
      not_found);
  EXPECT_THAT(
      Write([&](ports::Tx& tx) { return tx.configurations().Lock(foreign, configuration_id); }),
      not_found);
  EXPECT_THAT(Write([&](ports::Tx& tx) {
                return tx.configurations().LockShared(foreign, configuration_id);
              }),
              not_found);
  EXPECT_THAT(
      Write([&](ports::Tx& tx) { return tx.configurations().Delete(foreign, configuration_id); }),
      not_found);
  domain::ScalingConfiguration stolen = MakeConfiguration();
  stolen.id = configuration_id;
  stolen.account_id = foreign;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.configurations().Update(stolen); }), not_found);
}

TEST_P(StoreContract, UpdatingAConfigurationReplacesItAndRaisesItsVersion) {
  auto changed =
      Write([&](ports::Tx& tx) { return tx.configurations().Lock(own, configuration_id); });
  ASSERT_OK(changed);
  changed->password = base::SecretString();
  changed->user_data = base::SecretString("other");
  changed->data_disk_gb.reset();
  changed->tags.clear();
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.configurations().Update(*changed); }));

  const auto read =
      Read([&](ports::Tx& tx) { return tx.configurations().Get(own, configuration_id); });
  ASSERT_OK(read);
  EXPECT_EQ(read->version, changed->version + 1);
  changed->version = read->version;
  EXPECT_TRUE(*read == *changed);
}

TEST_P(StoreContract, AConfigurationInUseIsNotDeleted) {
  const domain::ScalingGroup group = AddGroup();
  EXPECT_THAT(
      Write([&](ports::Tx& tx) { return tx.configurations().Delete(own, configuration_id); }),
      StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.groups().Delete(KeyOf(group)); }));
  EXPECT_OK(
      Write([&](ports::Tx& tx) { return tx.configurations().Delete(own, configuration_id); }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.configurations().Get(own, configuration_id); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, ConfigurationsAreListedOldestFirstByFilterAndPage) {
  domain::ScalingConfiguration older = MakeConfiguration();
  older.name = "database";
  older.project_id = 8;
  older.create_time = kLongAgo - absl::Seconds(1);
  domain::ScalingConfiguration newer = MakeConfiguration();
  newer.create_time = kLongAgo + absl::Microseconds(1);
  domain::ScalingConfiguration others = MakeConfiguration();
  others.account_id = foreign;
  for (const auto& row : {newer, older, others}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.configurations().Insert(row); }));
  }
  const auto list = [&](const ports::ConfigurationFilter& filter, const ports::Page& page) {
    std::vector<domain::ConfigurationId> ids;
    const auto listing =
        Read([&](ports::Tx& tx) { return tx.configurations().List(own, filter, page); });
    EXPECT_OK(listing);
    for (const auto& row : listing->rows) ids.push_back(row.id);
    return std::pair(ids, listing->total);
  };
  using Ids = std::vector<domain::ConfigurationId>;
  EXPECT_EQ(list({}, {}), std::pair(Ids({older.id, configuration_id, newer.id}), 3));
  EXPECT_EQ(list({}, {.offset = 1, .limit = 1}), std::pair(Ids({configuration_id}), 3));
  EXPECT_EQ(list({}, {.offset = 9, .limit = 5}), std::pair(Ids(), 3));
  EXPECT_EQ(list({.ids = {newer.id, older.id, others.id}}, {}),
            std::pair(Ids({older.id, newer.id}), 2));
  EXPECT_EQ(list({.name_contains = "tabas"}, {}), std::pair(Ids({older.id}), 1));
  EXPECT_EQ(list({.name_contains = "%"}, {}), std::pair(Ids(), 0));
  EXPECT_EQ(list({.project_ids = {8, 9}}, {}), std::pair(Ids({older.id}), 1));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.configurations().Count(own); }), IsOkAndHolds(3));
}

TEST_P(StoreContract, TheUsersOfAConfigurationAreItsAccountsGroups) {
  const domain::ScalingGroup group = AddGroup();
  const auto users = [&](const domain::AccountId& account,
                         const std::vector<domain::ConfigurationId>& ids) {
    return Read([&](ports::Tx& tx) { return tx.configurations().Users(account, ids); });
  };
  for (const auto& ids : {std::vector{configuration_id}, std::vector<domain::ConfigurationId>()}) {
    const auto found = users(own, ids);
    ASSERT_OK(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().configuration_id, configuration_id);
    EXPECT_EQ(found->front().group_id, group.id);
    EXPECT_EQ(found->front().group_name, group.name);
  }
  EXPECT_THAT(users(own, {domain::ConfigurationId(1)}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(users(foreign, {configuration_id}), IsOkAndHolds(IsEmpty()));
}

}  // namespace accordion::testing
