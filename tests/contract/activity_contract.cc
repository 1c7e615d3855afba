#include "tests/contract/store_contract.h"

namespace accordion::testing {

using activity::Activity;
using activity::Slot;
using domain::ActivityStatus;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;

TEST_P(StoreContract, AnOpenActivityIsReadAsWrittenWithItsSlotsInOrder) {
  const domain::ScalingGroup group = AddGroup();
  const Activity written = MakeActivity(group);
  const Slot second{.activity_id = written.id, .number = 1};
  const Slot first{.activity_id = written.id, .number = 0};
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.activities().Open(written, {second, first}, {});
  }));

  const auto read = Read([&](ports::Tx& tx) { return tx.activities().GetOpen(KeyOf(group)); });
  ASSERT_OK(read);
  ASSERT_TRUE(read->has_value());
  EXPECT_TRUE((*read)->activity == written);
  EXPECT_THAT((*read)->slots, ElementsAre(first, second));
  const auto locked = Write([&](ports::Tx& tx) { return tx.activities().LockOpen(KeyOf(group)); });
  ASSERT_OK(locked);
  ASSERT_TRUE(locked->has_value());
  EXPECT_TRUE((*locked)->activity == written);
}

TEST_P(StoreContract, AGroupHasOneOpenActivityAtMost) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingGroup other = AddGroup();
  AddActivity(group);
  const Activity rival = MakeActivity(group);
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.activities().Open(rival, {}, {}); }),
              StatusIs(absl::StatusCode::kAlreadyExists));
  AddActivity(other);
}

TEST_P(StoreContract, AForeignGroupHasNoActivities) {
  const domain::ScalingGroup group = AddGroup();
  Activity activity = AddActivity(group);
  const ports::GroupKey key = ForeignKeyOf(group);
  const auto open = Read([&](ports::Tx& tx) { return tx.activities().GetOpen(key); });
  ASSERT_OK(open);
  EXPECT_FALSE(open->has_value());
  const auto locked = Write([&](ports::Tx& tx) { return tx.activities().LockOpen(key); });
  ASSERT_OK(locked);
  EXPECT_FALSE(locked->has_value());
  EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.activities().List(key, {}, {}); })->total, 0);
  activity.account_id = foreign;
  activity.status = ActivityStatus::kFailed;
  activity.end_time = kLongAgo;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, AFinishedActivityIsHistoryAndItsSlotsAreGone) {
  const domain::ScalingGroup group = AddGroup();
  Activity activity = MakeActivity(group);
  const Slot slot{.activity_id = activity.id, .number = 0};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {slot}, {}); }));
  activity.status = ActivityStatus::kFailed;
  activity.end_time = kLongAgo + absl::Microseconds(7);
  activity.error_code = 12;
  activity.succeeded = {domain::InstanceId("i-1")};
  activity.failed = {domain::InstanceId("i-2"), domain::InstanceId("i-3")};
  activity.cause.text += "；失败 2 台";
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }));

  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.activities().GetOpen(KeyOf(group)); }),
              IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(
      Write([&](ports::Tx& tx) { return tx.activities().LockSlot(KeyOf(group), activity.id, 0); }),
      StatusIs(absl::StatusCode::kNotFound));
  activity.configuration.reset();  // the snapshot ends with the activity
  const auto listing =
      Read([&](ports::Tx& tx) { return tx.activities().List(KeyOf(group), {}, {}); });
  ASSERT_OK(listing);
  ASSERT_EQ(listing->rows.size(), 1U);
  EXPECT_TRUE(listing->rows.front() == activity);
  AddActivity(group);  // the next may open
}

TEST_P(StoreContract, AFinishedActivityNeverChanges) {
  const domain::ScalingGroup group = AddGroup();
  Activity activity = AddActivity(group);
  activity.end_time = kLongAgo;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }),
              StatusIs(absl::StatusCode::kInvalidArgument));  // still running
  activity.status = ActivityStatus::kSucceeded;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }));
  activity.status = ActivityStatus::kCancelled;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.activities().List(KeyOf(group), {}, {}); })
                ->rows.front()
                .status,
            ActivityStatus::kSucceeded);
}

TEST_P(StoreContract, ActivitiesAreListedNewestFirstByFilterAndPage) {
  const domain::ScalingGroup group = AddGroup();
  std::vector<domain::ActivityId> ids;
  for (int i = 0; i < 3; ++i) {
    Activity activity = MakeActivity(group);
    activity.start_time = kLongAgo + absl::Seconds(i);
    ids.push_back(activity.id);
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {}, {}); }));
    if (i == 2) break;  // stays open
    activity.status = ActivityStatus::kSucceeded;
    activity.end_time = activity.start_time;
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }));
  }
  const auto list = [&](const ports::ActivityFilter& filter, const ports::Page& page) {
    std::vector<domain::ActivityId> found;
    const auto listing =
        Read([&](ports::Tx& tx) { return tx.activities().List(KeyOf(group), filter, page); });
    EXPECT_OK(listing);
    for (const Activity& row : listing->rows) found.push_back(row.id);
    return std::pair(found, listing->total);
  };
  using Ids = std::vector<domain::ActivityId>;
  EXPECT_EQ(list({}, {}), std::pair(Ids({ids[2], ids[1], ids[0]}), 3));
  EXPECT_EQ(list({}, {.offset = 1, .limit = 1}), std::pair(Ids({ids[1]}), 3));
  EXPECT_EQ(list({.ids = {ids[0], ids[2]}}, {}), std::pair(Ids({ids[2], ids[0]}), 2));
  // Both ends inclusive.
  EXPECT_EQ(list({.from = kLongAgo + absl::Seconds(1)}, {}), std::pair(Ids({ids[2], ids[1]}), 2));
  EXPECT_EQ(list({.to = kLongAgo + absl::Seconds(1)}, {}), std::pair(Ids({ids[1], ids[0]}), 2));
  EXPECT_EQ(
      list({.from = kLongAgo + absl::Microseconds(1), .to = kLongAgo + absl::Milliseconds(999)},
           {}),
      std::pair(Ids(), 0));
}

TEST_P(StoreContract, AnActivityThatNoUserSeesIsOpenButNotListed) {
  const domain::ScalingGroup group = AddGroup();
  activity::Activity internal = MakeActivity(group);
  internal.type = domain::ActivityType::kRegistration;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(internal, {}, {}); }));
  const auto listed = [&] {
    const auto listing =
        Read([&](ports::Tx& tx) { return tx.activities().List(KeyOf(group), {}, {}); });
    EXPECT_OK(listing);
    return listing->total + static_cast<int>(listing->rows.size());
  };
  const auto open = Read([&](ports::Tx& tx) { return tx.activities().GetOpen(KeyOf(group)); });
  ASSERT_TRUE(open.ok() && open->has_value());
  EXPECT_EQ((*open)->activity.type, domain::ActivityType::kRegistration);
  EXPECT_EQ(listed(), 0);
  internal.status = domain::ActivityStatus::kSucceeded;
  internal.end_time = internal.start_time + absl::Seconds(3);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Finish(internal); }));
  EXPECT_EQ(listed(), 0);
}

TEST_P(StoreContract, OpenActivitiesOfTheShardsAreScanned) {
  const domain::ScalingGroup one = AddGroup();
  const domain::ScalingGroup two = AddGroup();
  Activity first = MakeActivity(one);
  const Slot slot{.activity_id = first.id, .number = 0};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(first, {slot}, {}); }));
  const Activity second = AddActivity(two);

  const auto all = Read([](ports::Tx& tx) { return tx.activities().ScanOpen(AllShards()); });
  ASSERT_OK(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_TRUE((*all)[0].activity == first);
  EXPECT_THAT((*all)[0].slots, ElementsAre(slot));
  EXPECT_TRUE((*all)[1].activity == second);
  EXPECT_THAT((*all)[1].slots, IsEmpty());
  EXPECT_TRUE(Read([](ports::Tx& tx) { return tx.activities().ScanOpen({}); })->empty());
}

}  // namespace accordion::testing
