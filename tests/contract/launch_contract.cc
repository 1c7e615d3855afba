#include "tests/contract/store_contract.h"

namespace accordion::testing {

using activity::Activity;
using activity::IntentState;
using activity::LaunchIntent;
using activity::Slot;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

Slot FullSlot(const Activity& activity) {
  Slot slot;
  slot.activity_id = activity.id;
  slot.number = 3;
  slot.state = activity::SlotState::kRegistering;
  slot.creation_type = domain::CreationType::kManual;
  slot.pair = {.subnet_id = domain::SubnetId("subnet-a"), .instance_type = "N3.2B"};
  slot.intent_id = domain::IntentId("abcdefghijklmnopqrstuvwxyz");
  slot.tried = {{.subnet_id = domain::SubnetId("subnet-b"), .instance_type = "N3.4B"}};
  slot.refusals = {{.pair = slot.pair, .failure = activity::FailureClass::kStock, .count = 3}};
  slot.sent_at = kLongAgo;
  slot.negative_lookups = 2;
  slot.instance_id = domain::InstanceId("i-1");
  slot.instance_name = "as-web";
  slot.host_name = "host";
  slot.private_ip = "10.0.0.4";
  slot.network_interface_id = "eni";
  slot.zone = "cn-1a";
  slot.project_id = 7;
  slot.project_id = 42;
  slot.registrations = {{.listener_id = domain::ListenerId("l"), .port = 443, .register_id = "r"}};
  slot.must_list = true;
  slot.absent_reads = 1;
  slot.address = {.allocation_id = "eip-1", .project_id = 3};
  slot.surviving_disks = {"disk-1", "disk-2"};
  slot.attempts = 4;
  slot.launches = 5;
  slot.state_since = kLongAgo + absl::Microseconds(1);
  slot.wake_at = kLongAgo + absl::Hours(1);
  slot.failure = activity::FailureClass::kNoAddress;
  slot.failure_words = "子网 \\ 已满";
  return slot;
}

LaunchIntent MakeIntent(const Activity& activity, const char* id) {
  return {.id = domain::IntentId(id),
          .account_id = activity.account_id,
          .group_id = activity.group_id,
          .activity_id = activity.id,
          .slot = 3,
          .pair = {.subnet_id = domain::SubnetId("subnet-a"), .instance_type = "N3.2B"},
          .launch_name = "as-web",
          .project_id = 7,
          .address_project_id = 3};
}

}  // namespace

TEST_P(StoreContract, ASlotIsReadAsUpdated) {
  const domain::ScalingGroup group = AddGroup();
  const Activity activity = MakeActivity(group);
  const Slot planned{.activity_id = activity.id, .number = 3};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {planned}, {}); }));
  const auto lock = [&] {
    return Write(
        [&](ports::Tx& tx) { return tx.activities().LockSlot(KeyOf(group), activity.id, 3); });
  };
  EXPECT_THAT(lock(), IsOkAndHolds(planned));
  ASSERT_OK(Write(
      [&](ports::Tx& tx) { return tx.activities().UpdateSlot(KeyOf(group), FullSlot(activity)); }));
  EXPECT_THAT(lock(), IsOkAndHolds(FullSlot(activity)));
  ASSERT_OK(
      Write([&](ports::Tx& tx) { return tx.activities().UpdateSlot(KeyOf(group), planned); }));
  EXPECT_THAT(lock(), IsOkAndHolds(planned));
}

TEST_P(StoreContract, ASlotOfAnotherActivityGroupOrAccountIsNotFound) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingGroup other = AddGroup();
  const Activity activity = MakeActivity(group);
  const Slot slot{.activity_id = activity.id, .number = 0};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {slot}, {}); }));
  AddActivity(other);
  const auto lock = [&](const ports::GroupKey& key, const domain::ActivityId& id, int number) {
    return Write([&](ports::Tx& tx) { return tx.activities().LockSlot(key, id, number); });
  };
  const auto not_found = StatusIs(absl::StatusCode::kNotFound);
  EXPECT_THAT(lock(KeyOf(group), activity.id, 1), not_found);
  EXPECT_THAT(lock(KeyOf(group), domain::ActivityId(1), 0), not_found);
  for (const ports::GroupKey& key : {KeyOf(other), ForeignKeyOf(group)}) {
    EXPECT_THAT(lock(key, activity.id, 0), not_found);
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.activities().UpdateSlot(key, slot); }),
                not_found);
  }
}

TEST_P(StoreContract, AnIntentIsReadAsWritten) {
  const domain::ScalingGroup group = AddGroup();
  const Activity activity = MakeActivity(group);
  const LaunchIntent first = MakeIntent(activity, "first");
  const LaunchIntent second = MakeIntent(activity, "second");
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {}, {first}); }));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().InsertIntent(second); }));
  for (const LaunchIntent& intent : {first, second}) {
    EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.activities().GetIntent(own, intent.id); }),
                IsOkAndHolds(intent));
    EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.activities().GetIntent(foreign, intent.id); }),
                StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.activities().InsertIntent(intent); }),
                StatusIs(absl::StatusCode::kAlreadyExists));
  }
}

TEST_P(StoreContract, AnIntentLeavesAStateOnce) {
  const domain::ScalingGroup group = AddGroup();
  const Activity activity = MakeActivity(group);
  LaunchIntent intent = MakeIntent(activity, "first");
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {}, {intent}); }));
  intent.state = IntentState::kSent;
  intent.sent_at = kLongAgo;
  intent.send_not_after = kLongAgo + absl::Seconds(15);
  intent.outcome = "待定";
  intent.instance_id = domain::InstanceId("i-1");
  const auto update = [&](IntentState from) {
    return Write([&](ports::Tx& tx) { return tx.activities().UpdateIntent(intent, from); });
  };
  EXPECT_THAT(update(IntentState::kSent), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_OK(update(IntentState::kPrepared));
  EXPECT_THAT(update(IntentState::kPrepared), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.activities().GetIntent(own, intent.id); }),
              IsOkAndHolds(intent));
  intent.id = domain::IntentId("unknown");
  EXPECT_THAT(update(IntentState::kPrepared), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, IntentsThatOutlivedTheirActivityAreFound) {
  const domain::ScalingGroup group = AddGroup();
  Activity activity = MakeActivity(group);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {}, {}); }));
  std::vector<LaunchIntent> expected;
  const std::pair<const char*, IntentState> intents[] = {
      {"1", IntentState::kPrepared}, {"2", IntentState::kSent},    {"3", IntentState::kAccepted},
      {"4", IntentState::kRejected}, {"5", IntentState::kUnknown}, {"6", IntentState::kAdopted},
      {"7", IntentState::kAbandoned}};
  for (const auto& [id, state] : intents) {
    LaunchIntent intent = MakeIntent(activity, id);
    intent.state = state;
    intent.sent_at = kLongAgo;
    intent.launch_name = "as-1-abc";
    intent.project_id = 42;
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().InsertIntent(intent); }));
    if (state == IntentState::kSent || state == IntentState::kUnknown) expected.push_back(intent);
  }
  const int shard = ports::ShardOf(group.id);
  const auto ended = [&](int of_shard, int limit) {
    return *Read([&](ports::Tx& tx) { return tx.activities().UnresolvedEnded({of_shard}, limit); });
  };
  EXPECT_TRUE(ended(shard, 9).empty());  // the activity is open still
  activity.status = domain::ActivityStatus::kFailed;
  activity.end_time = kLongAgo;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }));
  EXPECT_EQ(ended(shard, 9), expected);
  EXPECT_EQ(ended(shard, 1), std::vector<LaunchIntent>{expected[0]});
  EXPECT_TRUE(ended((shard + 1) % ports::kShardCount, 9).empty());
  // Another activity of the group that is open hides nothing.
  AddActivity(group);
  EXPECT_EQ(ended(shard, 9), expected);
}

TEST_P(StoreContract, IntentsThatMayStillBringAnInstanceAreCounted) {
  const domain::ScalingGroup group = AddGroup();
  Activity activity = MakeActivity(group);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {}, {}); }));
  const std::pair<const char*, IntentState> intents[] = {
      {"1", IntentState::kPrepared}, {"2", IntentState::kSent},    {"3", IntentState::kAccepted},
      {"4", IntentState::kRejected}, {"5", IntentState::kUnknown}, {"6", IntentState::kAdopted},
      {"7", IntentState::kAbandoned}};
  for (const auto& [id, state] : intents) {
    LaunchIntent intent = MakeIntent(activity, id);
    intent.state = state;
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().InsertIntent(intent); }));
  }
  const auto unresolved = [&](const ports::GroupKey& key) {
    return Read([&](ports::Tx& tx) { return tx.activities().UnresolvedIntents(key); });
  };
  EXPECT_THAT(unresolved(KeyOf(group)), IsOkAndHolds(3));
  EXPECT_THAT(unresolved(ForeignKeyOf(group)), IsOkAndHolds(0));
  // An unknown outcome outlives its activity.
  activity.status = domain::ActivityStatus::kFailed;
  activity.end_time = kLongAgo;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }));
  EXPECT_THAT(unresolved(KeyOf(group)), IsOkAndHolds(3));
}

TEST_P(StoreContract, IntentsThatOutliveTheirActivityAreFoundByShard) {
  const domain::ScalingGroup group = AddGroup();
  Activity activity = MakeActivity(group);
  std::vector<LaunchIntent> intents;
  for (const auto& [id, state] :
       {std::pair("1", IntentState::kUnknown), std::pair("2", IntentState::kSent),
        std::pair("3", IntentState::kPrepared), std::pair("4", IntentState::kAdopted)}) {
    intents.push_back(MakeIntent(activity, id));
    intents.back().state = state;
  }
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {}, intents); }));
  const auto ended = [&](const std::vector<int>& shards, int limit) {
    return Read([&](ports::Tx& tx) { return tx.activities().UnresolvedEnded(shards, limit); });
  };
  EXPECT_THAT(ended(AllShards(), 10), IsOkAndHolds(IsEmpty()));
  activity.status = domain::ActivityStatus::kFailed;
  activity.end_time = kLongAgo;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().Finish(activity); }));
  EXPECT_THAT(ended(AllShards(), 10), IsOkAndHolds(ElementsAre(intents[0], intents[1])));
  EXPECT_THAT(ended({ports::ShardOf(group.id)}, 1), IsOkAndHolds(ElementsAre(intents[0])));
  EXPECT_THAT(ended({(ports::ShardOf(group.id) + 1) % ports::kShardCount}, 10),
              IsOkAndHolds(IsEmpty()));
  // The next activity is another one.
  AddActivity(group);
  EXPECT_THAT(ended(AllShards(), 10), IsOkAndHolds(ElementsAre(intents[0], intents[1])));
}

}  // namespace accordion::testing
