#include "tests/contract/store_contract.h"

namespace accordion::testing {

using domain::InstanceId;
using domain::LifeCycle;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(StoreContract, AMemberIsReadAsWritten) {
  const domain::ScalingGroup group = AddGroup();
  domain::Member full = MakeMember(group, "i-1");
  full.health = domain::Health::kUnHealthy;
  full.unhealthy_since = kLongAgo + absl::Minutes(7);
  full.creation_type = domain::CreationType::kManual;
  full.is_protected = true;
  full.activity_id = domain::ActivityId(NewId());
  full.request_cause = "添加云服务器触发";
  full.registrations.push_back({domain::ListenerId("l-2"), 90, ""});
  domain::Member bare;
  bare.instance_id = InstanceId("i-2");
  bare.account_id = own;
  bare.group_id = group.id;
  for (const auto& member : {full, bare}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Insert(member); }));
    EXPECT_THAT(
        Write([&](ports::Tx& tx) { return tx.members().Lock(KeyOf(group), member.instance_id); }),
        IsOkAndHolds(member));
  }
}

TEST_P(StoreContract, AnInstanceIsAnUnclosedMemberOfOneGroupOnly) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingGroup other = AddGroup();
  domain::Member member = AddMember(group, "i-1");
  const auto taken = StatusIs(absl::StatusCode::kAlreadyExists);
  const auto insert = [&](const domain::ScalingGroup& into) {
    return Write([&](ports::Tx& tx) { return tx.members().Insert(MakeMember(into, "i-1")); });
  };
  EXPECT_THAT(insert(group), taken);
  EXPECT_THAT(insert(other), taken);

  member.life_cycle = LifeCycle::kClosed;
  member.closed_at = kLongAgo;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Update(member); }));
  EXPECT_OK(insert(other));
  EXPECT_THAT(insert(group), taken);
}

TEST_P(StoreContract, AnInstanceMayComeBackToItsGroup) {
  const domain::ScalingGroup group = AddGroup();
  domain::Member member = AddMember(group, "i-1");
  member.life_cycle = LifeCycle::kClosed;
  member.closed_at = kLongAgo;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Update(member); }));
  const domain::Member again = AddMember(group, "i-1");
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.members().Unclosed(KeyOf(group)); }),
              IsOkAndHolds(ElementsAre(again)));
}

TEST_P(StoreContract, AMembersUpdateLeavesItsProtectionAlone) {
  const domain::ScalingGroup group = AddGroup();
  domain::Member member = AddMember(group, "i-1");
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.members().Protect(KeyOf(group), {InstanceId("i-1")}, true);
  }));
  member.health = domain::Health::kUnHealthy;
  member.unhealthy_since = kLongAgo;
  member.registrations.clear();
  member.activity_id = domain::ActivityId(4);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Update(member); }));
  member.is_protected = true;
  EXPECT_THAT(
      Write([&](ports::Tx& tx) { return tx.members().Lock(KeyOf(group), member.instance_id); }),
      IsOkAndHolds(member));
}

TEST_P(StoreContract, AForeignMemberIsNotFound) {
  const domain::ScalingGroup group = AddGroup();
  domain::Member member = AddMember(group, "i-1");
  const ports::GroupKey key = ForeignKeyOf(group);
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.members().Lock(key, member.instance_id); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(
      Write([&](ports::Tx& tx) { return tx.members().Protect(key, {member.instance_id}, true); }),
      StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Write([&](ports::Tx& tx) {
                return tx.members().Pick(key, {member.instance_id}, LifeCycle::kTerminating,
                                         domain::ActivityId(1));
              }),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.members().Unclosed(key); }),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.members().Count(key); }), IsOkAndHolds(0));
  EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.members().List(key, {}, {}); })->total, 0);
  member.account_id = foreign;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.members().Update(member); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContract, OnlyRemovableMembersArePicked) {
  const domain::ScalingGroup group = AddGroup();
  AddMember(group, "i-free");
  AddMember(group, "i-free-2");
  AddMember(group, "i-left-alone");
  domain::Member guarded = MakeMember(group, "i-protected");
  guarded.is_protected = true;
  domain::Member busy = MakeMember(group, "i-busy");
  busy.activity_id = domain::ActivityId(3);
  domain::Member pending = MakeMember(group, "i-pending");
  pending.life_cycle = LifeCycle::kPending;
  for (const auto& member : {guarded, busy, pending}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Insert(member); }));
  }
  const std::vector<InstanceId> wanted = {InstanceId("i-protected"), InstanceId("i-free-2"),
                                          InstanceId("i-busy"),      InstanceId("i-pending"),
                                          InstanceId("i-free"),      InstanceId("i-unknown")};
  const auto picked = Write([&](ports::Tx& tx) {
    return tx.members().Pick(KeyOf(group), wanted, LifeCycle::kTerminating, domain::ActivityId(77));
  });
  ASSERT_OK(picked);
  ASSERT_EQ(picked->size(), 2U);
  EXPECT_EQ((*picked)[0].instance_id, InstanceId("i-free-2"));  // in the order asked for
  EXPECT_EQ((*picked)[1].instance_id, InstanceId("i-free"));
  for (const domain::Member& member : *picked) {
    EXPECT_THAT(
        Write([&](ports::Tx& tx) { return tx.members().Lock(KeyOf(group), member.instance_id); }),
        IsOkAndHolds(member));
    EXPECT_EQ(member.life_cycle, LifeCycle::kTerminating);
    EXPECT_EQ(member.activity_id, domain::ActivityId(77));
  }
  EXPECT_THAT(Write([&](ports::Tx& tx) {
                return tx.members().Pick(KeyOf(group), wanted, LifeCycle::kDetaching,
                                         domain::ActivityId(78));
              }),
              IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreContract, ProtectionIsSetForAllOrNone) {
  const domain::ScalingGroup group = AddGroup();
  AddMember(group, "i-1");
  AddMember(group, "i-2");
  AddMember(group, "i-going");
  domain::Member closed = MakeMember(group, "i-closed");
  closed.life_cycle = LifeCycle::kClosed;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Insert(closed); }));
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.members().Pick(KeyOf(group), {InstanceId("i-going")}, LifeCycle::kTerminating,
                             domain::ActivityId(1));
  }));
  const auto protect = [&](std::vector<InstanceId> ids, bool on) {
    return Write([&](ports::Tx& tx) { return tx.members().Protect(KeyOf(group), ids, on); });
  };
  const auto is_protected = [&](const char* id) {
    return Write([&](ports::Tx& tx) { return tx.members().Lock(KeyOf(group), InstanceId(id)); })
        ->is_protected;
  };
  EXPECT_THAT(protect({InstanceId("i-1"), InstanceId("i-9")}, true),
              StatusIs(absl::StatusCode::kNotFound, "i-9"));
  EXPECT_THAT(protect({InstanceId("i-closed")}, true),
              StatusIs(absl::StatusCode::kNotFound, "i-closed"));
  EXPECT_THAT(protect({InstanceId("i-1"), InstanceId("i-going")}, true),
              StatusIs(absl::StatusCode::kFailedPrecondition, "i-going"));
  EXPECT_FALSE(is_protected("i-1"));

  const auto changed = protect({InstanceId("i-2"), InstanceId("i-1"), InstanceId("i-2")}, true);
  ASSERT_OK(changed);
  ASSERT_EQ(changed->size(), 2U);
  EXPECT_EQ((*changed)[0].instance_id, InstanceId("i-2"));
  EXPECT_TRUE((*changed)[0].is_protected);
  EXPECT_TRUE(is_protected("i-1"));
  EXPECT_OK(protect({InstanceId("i-1")}, false));
  EXPECT_FALSE(is_protected("i-1"));
  EXPECT_TRUE(is_protected("i-2"));
}

TEST_P(StoreContract, MembersAreListedOldestFirstByFilterAndPage) {
  const domain::ScalingGroup group = AddGroup();
  domain::Member young = MakeMember(group, "i-a");
  young.add_time = kLongAgo + absl::Microseconds(1);
  domain::Member manual = MakeMember(group, "i-b");
  manual.creation_type = domain::CreationType::kManual;
  domain::Member sick = MakeMember(group, "i-c");
  sick.health = domain::Health::kUnHealthy;
  domain::Member closed = MakeMember(group, "i-d");
  closed.life_cycle = LifeCycle::kClosed;
  for (const auto& member : {young, sick, manual, closed}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.members().Insert(member); }));
  }
  const auto list = [&](const ports::MemberFilter& filter, const ports::Page& page) {
    const auto listing =
        Read([&](ports::Tx& tx) { return tx.members().List(KeyOf(group), filter, page); });
    EXPECT_OK(listing);
    return std::pair(listing->rows, listing->total);
  };
  using Rows = std::vector<domain::Member>;
  EXPECT_EQ(list({}, {}), std::pair(Rows({manual, sick, young}), 3));
  EXPECT_EQ(list({}, {.offset = 2, .limit = 5}), std::pair(Rows({young}), 3));
  EXPECT_EQ(list({.ids = {InstanceId("i-a"), InstanceId("i-d")}}, {}), std::pair(Rows({young}), 1));
  EXPECT_EQ(list({.creation_type = domain::CreationType::kManual}, {}),
            std::pair(Rows({manual}), 1));
  EXPECT_EQ(list({.health = domain::Health::kUnHealthy}, {}), std::pair(Rows({sick}), 1));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.members().Count(KeyOf(group)); }),
              IsOkAndHolds(3));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.members().Unclosed(KeyOf(group)); }),
              IsOkAndHolds(ElementsAre(manual, sick, young)));
}

TEST_P(StoreContract, AScanOfMembersGoesByGroups) {
  const domain::ScalingGroup one = AddGroup();
  const domain::ScalingGroup two = AddGroup();
  const domain::Member of_two = AddMember(two, "i-1");
  const domain::Member of_one = AddMember(one, "i-2");
  const auto scan = [&](const domain::GroupId& after, int groups) {
    return Read([&](ports::Tx& tx) { return tx.members().Scan(AllShards(), after, groups); });
  };
  EXPECT_THAT(scan(domain::GroupId(), 10), IsOkAndHolds(ElementsAre(of_one, of_two)));
  EXPECT_THAT(scan(domain::GroupId(), 1), IsOkAndHolds(ElementsAre(of_one)));
  EXPECT_THAT(scan(one.id, 1), IsOkAndHolds(ElementsAre(of_two)));
  EXPECT_THAT(Read([](ports::Tx& tx) { return tx.members().Scan({}, domain::GroupId(), 9); }),
              IsOkAndHolds(IsEmpty()));
}

}  // namespace accordion::testing
