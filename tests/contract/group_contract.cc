#include "tests/contract/store_contract.h"

#include <limits>

namespace accordion::testing {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(StoreContract, AGroupIsReadAsWritten) {
  const domain::ScalingGroup full = MakeGroup();
  domain::ScalingGroup bare;
  bare.id = domain::GroupId(std::numeric_limits<int64_t>::max());  // ids use 63 bits
  bare.account_id = own;
  bare.configuration_id = configuration_id;
  bare.subnet_ids = {domain::SubnetId("subnet-a")};
  bare.desired_cause.text = "x";
  for (const domain::ScalingGroup& written : {full, bare}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.groups().Insert(written); }));
    const ports::GroupKey key = KeyOf(written);
    EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Get(key); }), IsOkAndHolds(written));
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().Lock(key); }), IsOkAndHolds(written));
  }
}

TEST_P(StoreContract, AGroupsIdIsTakenOnceAndTheTransactionMayGoOn) {
  const domain::ScalingGroup group = AddGroup();
  domain::ScalingGroup second = MakeGroup();
  ASSERT_OK(Write([&](ports::Tx& tx) -> absl::Status {
    EXPECT_THAT(tx.groups().Insert(group), StatusIs(absl::StatusCode::kAlreadyExists));
    return tx.groups().Insert(second);
  }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Count(own); }), IsOkAndHolds(2));
}

TEST_P(StoreContract, AGroupNeedsItsAccountsConfiguration) {
  domain::ScalingGroup group = MakeGroup();
  group.configuration_id = domain::ConfigurationId(1);
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().Insert(group); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  group.configuration_id = configuration_id;
  group.account_id = foreign;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().Insert(group); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(StoreContract, AForeignGroupIsNotFound) {
  const domain::ScalingGroup group = AddGroup();
  const ports::GroupKey key = ForeignKeyOf(group);
  const auto not_found = StatusIs(absl::StatusCode::kNotFound);
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Get(key); }), not_found);
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().Lock(key); }), not_found);
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().Delete(key); }), not_found);
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().SetWake(key, kLongAgo); }), not_found);
  domain::ScalingGroup stolen = group;
  stolen.account_id = foreign;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().Update(stolen); }), not_found);
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Count(foreign); }), IsOkAndHolds(0));
}

TEST_P(StoreContract, UpdatingAGroupRaisesItsVersionAndMakesItDue) {
  domain::ScalingGroup group = AddGroup();
  ASSERT_OK(Write(
      [&](ports::Tx& tx) { return tx.groups().SetWake(KeyOf(group), absl::InfiniteFuture()); }));
  group.min_size = 0;
  group.desired_capacity = 0;
  group.desired_cause = {.kind = domain::TriggerKind::kModify, .text = "modified"};
  group.cooldown_until.reset();
  group.slb_configs.clear();
  absl::Time now;
  ASSERT_OK(Write([&](ports::Tx& tx) {
    now = tx.Now();
    return tx.groups().Update(group);
  }));
  group.version += 1;
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Get(KeyOf(group)); }),
              IsOkAndHolds(group));
  const auto due = Read([&](ports::Tx& tx) { return tx.groups().Due(AllShards(), now, 10); });
  ASSERT_OK(due);
  ASSERT_EQ(due->size(), 1U);
  EXPECT_EQ(due->front().key, KeyOf(group));
  EXPECT_EQ(due->front().wake_at, now);
}

TEST_P(StoreContract, DesiredCapacityNeverChangesWithoutANewCause) {
  domain::ScalingGroup group = AddGroup();
  group.desired_capacity -= 1;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().Update(group); }),
              StatusIs(absl::StatusCode::kInternal));
  // Not even if the caller looks away.
  EXPECT_THAT(Write([&](ports::Tx& tx) {
                tx.groups().Update(group).IgnoreError();
                return absl::OkStatus();
              }),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.groups().Get(KeyOf(group)); })->desired_capacity,
            group.desired_capacity + 1);
}

TEST_P(StoreContract, DesiredCapacityStaysWithinItsBounds) {
  domain::ScalingGroup group = AddGroup();
  group.desired_capacity = group.max_size + 1;
  group.desired_cause.text = "too much";
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.groups().Update(group); }),
              StatusIs(absl::StatusCode::kInternal));
}

TEST_P(StoreContract, AGroupWithMembersOrAnActivityIsNotDeleted) {
  const domain::ScalingGroup group = AddGroup();
  domain::Member member = AddMember(group, "i-1");
  const auto remove = [&] {
    return Write([&](ports::Tx& tx) { return tx.groups().Delete(KeyOf(group)); });
  };
  EXPECT_THAT(remove(), StatusIs(absl::StatusCode::kFailedPrecondition));
  member.life_cycle = domain::LifeCycle::kClosed;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Update(member); }));
  activity::Activity activity = AddActivity(group);
  EXPECT_THAT(remove(), StatusIs(absl::StatusCode::kFailedPrecondition));
  activity.status = domain::ActivityStatus::kSucceeded;
  activity.end_time = kLongAgo;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }));
  EXPECT_OK(remove());
  EXPECT_THAT(remove(), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, DeletingAGroupTakesItsPoliciesAndDecisionsAndLeavesItsHistory) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingPolicy policy = MakePolicy(group);
  activity::Activity activity = AddActivity(group);
  activity.status = domain::ActivityStatus::kFailed;
  activity.end_time = kLongAgo;
  const ports::DecisionRecord record{.group = KeyOf(group),
                                     .decision = {.firing = {.policy = policy}},
                                     .window_end = kLongAgo,
                                     .decided_at = kLongAgo};
  ASSERT_OK(Write([&](ports::Tx& tx) -> absl::Status {
    for (const absl::Status& status :
         {tx.policies().Insert(policy), tx.policies().SaveRuns({{{policy.id, {}}}}),
          tx.decisions().Insert(record), tx.activities().Finish(activity),
          tx.groups().Delete(KeyOf(group))}) {
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Count(KeyOf(group)); }),
              IsOkAndHolds(0));
  EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.decisions().List(KeyOf(group), {}); })->total, 0);
  EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.activities().List(KeyOf(group), {}, {}); })->total,
            1);
}

TEST_P(StoreContract, GroupsAreListedOldestFirstByFilterAndPage) {
  domain::ScalingGroup first = MakeGroup();
  first.name = "back";
  first.vpc_id = "vpc-2";
  first.create_time = kLongAgo - absl::Seconds(1);
  const domain::ScalingGroup second = MakeGroup();
  const domain::ScalingGroup third = MakeGroup();  // created at the same time: ordered by id
  for (const auto& row : {third, first, second}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.groups().Insert(row); }));
  }
  const auto list = [&](const ports::GroupFilter& filter, const ports::Page& page) {
    std::vector<domain::GroupId> ids;
    const auto listing = Read([&](ports::Tx& tx) { return tx.groups().List(own, filter, page); });
    EXPECT_OK(listing);
    for (const auto& row : listing->rows) ids.push_back(row.id);
    return std::pair(ids, listing->total);
  };
  using Ids = std::vector<domain::GroupId>;
  EXPECT_EQ(list({}, {}), std::pair(Ids({first.id, second.id, third.id}), 3));
  EXPECT_EQ(list({}, {.offset = 1, .limit = 1}), std::pair(Ids({second.id}), 3));
  EXPECT_EQ(list({.ids = {third.id, first.id}}, {}), std::pair(Ids({first.id, third.id}), 2));
  EXPECT_EQ(list({.name_contains = "ac"}, {}), std::pair(Ids({first.id}), 1));
  EXPECT_EQ(list({.vpc_id = "vpc-2"}, {}), std::pair(Ids({first.id}), 1));
  EXPECT_EQ(list({.configuration_id = configuration_id}, {}).second, 3);
  EXPECT_EQ(list({.configuration_id = domain::ConfigurationId(1)}, {}).second, 0);
  EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.groups().List(foreign, {}, {}); })->total, 0);
}

TEST_P(StoreContract, DueGroupsComeLongestWaitingFirstAndOnlyOfTheShards) {
  const domain::ScalingGroup one = AddGroup();
  const domain::ScalingGroup two = AddGroup();
  const domain::ScalingGroup rests = AddGroup();
  ASSERT_OK(Write(
      [&](ports::Tx& tx) { return tx.groups().SetWake(KeyOf(one), kLongAgo + absl::Seconds(2)); }));
  ASSERT_OK(Write(
      [&](ports::Tx& tx) { return tx.groups().SetWake(KeyOf(two), kLongAgo + absl::Seconds(1)); }));
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.groups().SetWake(KeyOf(rests), kLongAgo + absl::Seconds(9));
  }));
  const auto due = [&](const std::vector<int>& shards, absl::Duration at, int limit) {
    std::vector<domain::GroupId> ids;
    const auto rows =
        Read([&](ports::Tx& tx) { return tx.groups().Due(shards, kLongAgo + at, limit); });
    EXPECT_OK(rows);
    for (const auto& row : *rows) ids.push_back(row.key.group_id);
    return ids;
  };
  EXPECT_THAT(due(AllShards(), absl::Seconds(2), 10), ElementsAre(two.id, one.id));
  EXPECT_THAT(due(AllShards(), absl::Seconds(9), 1), ElementsAre(two.id));
  EXPECT_THAT(due({}, absl::Seconds(9), 10), IsEmpty());
  std::vector<int> without_two = AllShards();
  std::erase(without_two, ports::ShardOf(two.id));
  EXPECT_THAT(due(without_two, absl::Seconds(1), 10), IsEmpty());
  // Waking is no change of the group.
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Get(KeyOf(one)); }), IsOkAndHolds(one));
}

TEST_P(StoreContract, AScanWalksAllGroupsOfTheShardsInOrderOfId) {
  const domain::ScalingGroup one = AddGroup();
  const domain::ScalingGroup two = AddGroup();
  const auto scan = [&](const domain::GroupId& after, int limit) {
    return Read([&](ports::Tx& tx) { return tx.groups().Scan(AllShards(), after, limit); });
  };
  EXPECT_THAT(scan(domain::GroupId(), 10), IsOkAndHolds(ElementsAre(one, two)));
  EXPECT_THAT(scan(domain::GroupId(), 1), IsOkAndHolds(ElementsAre(one)));
  EXPECT_THAT(scan(one.id, 10), IsOkAndHolds(ElementsAre(two)));
  EXPECT_THAT(
      Read([&](ports::Tx& tx) { return tx.groups().Scan({ports::ShardOf(two.id)}, one.id, 10); }),
      IsOkAndHolds(ElementsAre(two)));
}

}  // namespace accordion::testing
