#include "tests/contract/store_contract.h"

namespace accordion::testing {

using domain::InstanceId;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

ports::Orphan OrphanOf(const domain::AccountId& account, const std::string& instance,
                       absl::Time found_at) {
  return {.account_id = account,
          .instance_id = InstanceId(instance),
          .intent_id = domain::IntentId("abcdefghijklmnopqrstuvwxyz"),
          .project_id = 7,
          .address = domain::BoughtAddress{.allocation_id = "eip-1", .project_id = 8},
          .absent_reads = 1,
          .found_at = found_at,
          .gone_at = std::nullopt};
}

// A launch of `group`, with a marker of its own.
activity::LaunchIntent IntentOf(const domain::ScalingGroup& group, const std::string& marker) {
  activity::LaunchIntent intent;
  intent.id = domain::IntentId(marker);
  intent.account_id = group.account_id;
  intent.group_id = group.id;
  intent.activity_id = domain::ActivityId(1);
  intent.pair = {.subnet_id = domain::SubnetId("subnet-a"), .instance_type = "N3.2B"};
  return intent;
}

}  // namespace

TEST_P(StoreContract, AnOrphanIsOnRecordUntilItIsGone) {
  const ports::Orphan first = OrphanOf(own, "i-2", kLongAgo);
  ports::Orphan second = OrphanOf(own, "i-1", kLongAgo + absl::Seconds(1));
  second.address.reset();
  for (const ports::Orphan& orphan : {second, first, OrphanOf(foreign, "i-1", kLongAgo)}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.sweeps().InsertOrphan(orphan); }));
  }
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.sweeps().InsertOrphan(first); }),
              StatusIs(absl::StatusCode::kAlreadyExists));
  const auto open = [&] {
    return Read([&](ports::Tx& tx) { return tx.sweeps().OpenOrphans(own); });
  };
  EXPECT_THAT(open(), IsOkAndHolds(ElementsAre(first, second)));

  second.gone_at = kLongAgo + absl::Minutes(1);
  second.absent_reads = 2;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.sweeps().UpdateOrphan(second); }));
  EXPECT_THAT(open(), IsOkAndHolds(ElementsAre(first)));
  EXPECT_THAT(Write([&](ports::Tx& tx) {
                return tx.sweeps().UpdateOrphan(OrphanOf(own, "i-3", kLongAgo));
              }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, OrphansAreCountedFromATimeOn) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(Write([&](ports::Tx& tx) {
      return tx.sweeps().InsertOrphan(
          OrphanOf(own, "i-" + std::to_string(i), kLongAgo + absl::Minutes(i)));
    }));
  }
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.sweeps().OrphansSince(own, kLongAgo); }),
              IsOkAndHolds(2));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.sweeps().OrphansSince(foreign, kLongAgo); }),
              IsOkAndHolds(0));
}

TEST_P(StoreContract, ALaunchIsFoundByTheNameItCarriesInItsAccountOnly) {
  const domain::ScalingGroup group = AddGroup();
  activity::LaunchIntent sent = IntentOf(group, "sent");
  sent.launch_name = "as-1-abcdefghij";
  sent.sent_at = kLongAgo;
  sent.project_id = 9;
  const activity::LaunchIntent unsent = IntentOf(group, "unsent");  // carries no name yet
  for (const activity::LaunchIntent& intent : {sent, unsent}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().InsertIntent(intent); }));
  }
  const std::vector<std::string> names = {"as-1-abcdefghij", "other", ""};
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.activities().IntentsNamed(own, names); }),
              IsOkAndHolds(ElementsAre(sent)));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.activities().IntentsNamed(foreign, names); }),
              IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreContract, AnAccountIsSweptInEveryProjectItHasMembersOrLaunchesIn) {
  const domain::ScalingGroup group = AddGroup();
  domain::Member member = MakeMember(group, "i-1");
  member.project_id = 3;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Insert(member); }));
  activity::LaunchIntent sent = IntentOf(group, "sent");
  sent.sent_at = kLongAgo;
  sent.project_id = 2;
  activity::LaunchIntent unsent = IntentOf(group, "unsent");
  unsent.project_id = 1;
  for (const activity::LaunchIntent& intent : {sent, unsent}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().InsertIntent(intent); }));
  }
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.sweeps().Projects(own); }),
              IsOkAndHolds(ElementsAre(2, 3)));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.sweeps().Projects(foreign); }),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Read([](ports::Tx& tx) { return tx.sweeps().Accounts(); }),
              IsOkAndHolds(::testing::AllOf(Contains(own), Not(Contains(foreign)))));
}

TEST_P(StoreContract, AnAccountsMembersAreThoseOfAllItsGroupsAndAFormerOneIsRemembered) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingGroup other = AddGroup();
  const domain::Member one = AddMember(group, "i-1");
  const domain::Member two = AddMember(other, "i-2");
  domain::Member left = AddMember(other, "i-3");
  left.life_cycle = domain::LifeCycle::kClosed;
  left.closed_at = kLongAgo;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Update(left); }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.members().OfAccount(own); }),
              IsOkAndHolds(ElementsAre(one, two)));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.members().OfAccount(foreign); }),
              IsOkAndHolds(IsEmpty()));
  const std::vector<InstanceId> ids = {InstanceId("i-3"), InstanceId("i-1"), InstanceId("i-9")};
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.sweeps().EverMembers(own, ids); }),
              IsOkAndHolds(ElementsAre(InstanceId("i-1"), InstanceId("i-3"))));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.sweeps().EverMembers(foreign, ids); }),
              IsOkAndHolds(IsEmpty()));
}

}  // namespace accordion::testing
