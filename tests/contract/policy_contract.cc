#include "tests/contract/store_contract.h"

#include <limits>

namespace accordion::testing {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

domain::PolicyRun FullRun() {
  return {
      .periods = {{.start = kLongAgo, .breach = domain::Breach::kMissing, .silent = {"i-1", "i-2"}},
                  {.start = kLongAgo + absl::Minutes(1),
                   .breach = domain::Breach::kTrue,
                   .value = 91.123456789012345,
                   .reporting = 3},
                  {.start = kLongAgo + absl::Minutes(2),
                   .breach = domain::Breach::kFalse,
                   .value = std::numeric_limits<double>::denorm_min(),
                   .reporting = 2}}};
}

}  // namespace

TEST_P(StoreContract, PolicyIdsCountFromTenMillionAndOne) {
  const auto first = Write([](ports::Tx& tx) { return tx.policies().NewPolicyId(); });
  const auto second = Write([](ports::Tx& tx) { return tx.policies().NewPolicyId(); });
  EXPECT_THAT(first, IsOkAndHolds(domain::PolicyId(10000001)));
  EXPECT_THAT(second, IsOkAndHolds(domain::PolicyId(10000002)));
}

TEST_P(StoreContract, APolicyIsReadAsWritten) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingPolicy policy = MakePolicy(group);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Insert(policy); }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Get(KeyOf(group), policy.id); }),
              IsOkAndHolds(policy));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.policies().Lock(KeyOf(group), policy.id); }),
              IsOkAndHolds(policy));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.policies().Insert(policy); }),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_P(StoreContract, APolicyOfAnotherGroupOrAccountIsNotFound) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingGroup other = AddGroup();
  const domain::ScalingPolicy policy = MakePolicy(group);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Insert(policy); }));
  const auto not_found = StatusIs(absl::StatusCode::kNotFound);
  for (const ports::GroupKey& key : {KeyOf(other), ForeignKeyOf(group)}) {
    EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Get(key, policy.id); }), not_found);
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.policies().Lock(key, policy.id); }),
                not_found);
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.policies().Delete(key, policy.id); }),
                not_found);
    domain::ScalingPolicy stolen = policy;
    stolen.account_id = key.account_id;
    stolen.group_id = key.group_id;
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.policies().Update(stolen); }), not_found);
    EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Count(key); }), IsOkAndHolds(0));
  }
  domain::ScalingPolicy orphan = MakePolicy(group);
  orphan.account_id = foreign;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.policies().Insert(orphan); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(StoreContract, EditingAPolicyRaisesItsVersionAndDropsItsRun) {
  const domain::ScalingGroup group = AddGroup();
  domain::ScalingPolicy policy = MakePolicy(group);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Insert(policy); }));
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.policies().SaveRuns({{{policy.id, FullRun()}}});
  }));
  policy.rule.threshold = 80;
  policy.name = "edited";
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Update(policy); }));
  policy.version += 1;
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Get(KeyOf(group), policy.id); }),
              IsOkAndHolds(policy));
  EXPECT_TRUE(Read([&](ports::Tx& tx) { return tx.policies().LoadRuns(AllShards()); })->empty());
}

TEST_P(StoreContract, ADeletedPolicyIsGoneWithItsRun) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingPolicy policy = MakePolicy(group);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Insert(policy); }));
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.policies().SaveRuns({{{policy.id, FullRun()}}});
  }));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Delete(KeyOf(group), policy.id); }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Get(KeyOf(group), policy.id); }),
              StatusIs(absl::StatusCode::kNotFound));
  // A tick that still has it passes it over.
  EXPECT_OK(Write([&](ports::Tx& tx) {
    return tx.policies().SaveRuns({{{policy.id, FullRun()}}});
  }));
  EXPECT_TRUE(Read([&](ports::Tx& tx) { return tx.policies().LoadRuns(AllShards()); })->empty());
}

TEST_P(StoreContract, ARunIsReadAsCheckpointedAndReplaced) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingPolicy one = MakePolicy(group);
  const domain::ScalingPolicy two = MakePolicy(group);
  for (const auto& policy : {one, two}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Insert(policy); }));
  }
  const std::vector<ports::PolicyCheckpoint> first = {{one.id, {}}, {two.id, FullRun()}};
  const std::vector<ports::PolicyCheckpoint> second = {{one.id, FullRun()}};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().SaveRuns(first); }));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().SaveRuns(second); }));
  ASSERT_OK(Write([](ports::Tx& tx) { return tx.policies().SaveRuns({}); }));

  const auto runs =
      Read([&](ports::Tx& tx) { return tx.policies().LoadRuns({ports::ShardOf(group.id)}); });
  ASSERT_OK(runs);
  ASSERT_EQ(runs->size(), 2U);
  EXPECT_EQ((*runs)[0].policy_id, one.id);
  EXPECT_EQ((*runs)[1].policy_id, two.id);
  for (const auto& run : *runs) EXPECT_EQ(run.run.periods, FullRun().periods);
  EXPECT_TRUE(Read([](ports::Tx& tx) { return tx.policies().LoadRuns({}); })->empty());
}

TEST_P(StoreContract, PoliciesAreListedAndScanned) {
  const domain::ScalingGroup group = AddGroup();
  domain::ScalingPolicy newer = MakePolicy(group);
  newer.create_time = kLongAgo + absl::Seconds(1);
  newer.name = "mem";
  const domain::ScalingPolicy older = MakePolicy(group);
  for (const auto& policy : {newer, older}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Insert(policy); }));
  }
  const auto list = [&](const ports::PolicyFilter& filter, const ports::Page& page) {
    const auto listing =
        Read([&](ports::Tx& tx) { return tx.policies().List(KeyOf(group), filter, page); });
    EXPECT_OK(listing);
    return std::pair(listing->rows, listing->total);
  };
  using Rows = std::vector<domain::ScalingPolicy>;
  EXPECT_EQ(list({}, {}), std::pair(Rows({older, newer}), 2));
  EXPECT_EQ(list({}, {.offset = 1, .limit = 1}), std::pair(Rows({newer}), 2));
  EXPECT_EQ(list({.ids = {older.id}}, {}), std::pair(Rows({older}), 1));
  EXPECT_EQ(list({.name_contains = "em"}, {}), std::pair(Rows({newer}), 1));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Count(KeyOf(group)); }),
              IsOkAndHolds(2));

  EXPECT_THAT(
      Read([](ports::Tx& tx) { return tx.policies().Scan(AllShards(), domain::PolicyId(), 10); }),
      IsOkAndHolds(ElementsAre(newer, older)));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Scan(AllShards(), newer.id, 1); }),
              IsOkAndHolds(ElementsAre(older)));
  EXPECT_THAT(Read([](ports::Tx& tx) { return tx.policies().Scan({}, domain::PolicyId(), 10); }),
              IsOkAndHolds(IsEmpty()));
}

}  // namespace accordion::testing
