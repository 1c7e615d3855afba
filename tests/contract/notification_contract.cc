// Notifications, contacts, and the deliveries of the outbox.
#include "tests/contract/notification_contract.h"

namespace accordion::testing {

using ports::ClaimedDelivery;
using ports::DeliveryState;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST_P(NotificationContract, ANotificationIsReadAsWrittenAndReplaced) {
  const domain::ScalingGroup group = AddGroup();
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.notifications().Find(KeyOf(group)); }),
              IsOkAndHolds(Eq(std::nullopt)));
  domain::ScalingNotification n{.id = domain::NotificationId(NewId()),
                                .group_id = group.id,
                                .account_id = own,
                                .types = {1, 6},
                                .description = "通知 'all'",
                                .create_time = kLongAgo};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.notifications().Put(n); }));
  n.types = {};
  n.description = "";
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.notifications().Put(n); }));
  const auto read = Read([&](ports::Tx& tx) { return tx.notifications().Find(KeyOf(group)); });
  ASSERT_OK(read);
  EXPECT_TRUE(*read == n);
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.notifications().Find(ForeignKeyOf(group)); }),
              IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.outbox().SubscribedTypes(KeyOf(group)); }),
              IsOkAndHolds(IsEmpty()));
}

TEST_P(NotificationContract, AGroupHasOneNotificationAndTakesItAlong) {
  const domain::ScalingGroup group = AddGroup();
  domain::ScalingNotification n{.id = domain::NotificationId(NewId()),
                                .group_id = group.id,
                                .account_id = own,
                                .types = {1},
                                .create_time = kLongAgo};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.notifications().Put(n); }));
  n.id = domain::NotificationId(NewId());
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.notifications().Put(n); }),
              StatusIs(absl::StatusCode::kAlreadyExists));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.groups().Delete(KeyOf(group)); }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.notifications().Find(KeyOf(group)); }),
              IsOkAndHolds(Eq(std::nullopt)));
}

TEST_P(NotificationContract, AContactIsReadAsWrittenListedAndDeleted) {
  const ports::Contact webhook = AddContact("b-hook", "https://example.test/path?q=1");
  ports::Contact mail{.id = "a-mail",
                      .account_id = own,
                      .kind = ports::ContactKind::kEmail,
                      .address = "ops@example.test",
                      .enabled = false};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.contacts().Put(mail); }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.contacts().List(own); }),
              IsOkAndHolds(ElementsAre(mail, webhook)));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.contacts().Get(own, "b-hook"); }),
              IsOkAndHolds(Eq(webhook)));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.contacts().Get(foreign, "b-hook"); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.contacts().Delete(foreign, "b-hook"); }),
              StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.contacts().Delete(own, "b-hook"); }));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.contacts().List(own); }),
              IsOkAndHolds(ElementsAre(mail)));
  mail.account_id = domain::AccountId("nobody");
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.contacts().Put(mail); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(NotificationContract, AnEventFansOutOnceToTheEnabledContactsOfItsAccount) {
  const domain::ScalingGroup group = AddGroup();
  AddContact("one");
  AddContact("two");
  ports::Contact contact = MakeContact("disabled", "https://a.test/");
  contact.enabled = false;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.contacts().Put(contact); }));
  contact = MakeContact("other", "https://a.test/");
  contact.account_id = foreign;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.contacts().Put(contact); }));
  const std::string event = AddEvent(group);

  EXPECT_EQ(Write([](ports::Tx& tx) { return tx.outbox().FanOut({}, 100); }).value(), 0);
  EXPECT_EQ(FanOut(), 1);
  EXPECT_EQ(FanOut(), 0);
  const std::vector<ports::Delivery> made = Deliveries(event);
  ASSERT_THAT(made, SizeIs(2));
  EXPECT_EQ(made[0].contact_id, "one");
  EXPECT_EQ(made[1].contact_id, "two");
  EXPECT_EQ(Pending(), 1U);

  ports::ClaimOptions all{.per_endpoint = 5};
  const std::vector<ClaimedDelivery> claims = Claim(all);
  ASSERT_THAT(claims, SizeIs(2));
  EXPECT_EQ(claims[0].event.event_id, event);
  EXPECT_EQ(claims[0].event.group, KeyOf(group));
  EXPECT_EQ(claims[0].event.notification_type, 2);
  EXPECT_EQ(claims[0].event.created_at, kLongAgo);
  EXPECT_EQ(claims[0].attempt, 1);
  EXPECT_EQ(claims[0].contact.secret.Reveal(), "contact-secret-canary");
  EXPECT_THAT(Claim(all), IsEmpty());
  ASSERT_OK(End(claims[0]));
  EXPECT_EQ(Pending(), 1U);
  ASSERT_OK(End(claims[1], DeliveryState::kDead));
  EXPECT_EQ(Pending(), 0U);
}

TEST_P(NotificationContract, AnEventWithoutContactsIsDone) {
  const std::string event = AddEvent(AddGroup());
  EXPECT_EQ(FanOut(), 1);
  EXPECT_EQ(Pending(), 0U);
  AddContact("late");
  EXPECT_EQ(FanOut(), 0);
  EXPECT_THAT(Deliveries(event), IsEmpty());
}

TEST_P(NotificationContract, AContactGetsAGroupsEventsInOrderAndGroupsDoNotWaitForEachOther) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingGroup other = AddGroup();
  AddContact("hook");
  const std::string first = AddEvent(group);
  const std::string second = AddEvent(group);
  const std::string elsewhere = AddEvent(other);
  // Each round makes the oldest new event of a group only.
  while (FanOut() > 0) {
  }
  ports::ClaimOptions all{.per_endpoint = 5};
  std::vector<ClaimedDelivery> claims = Claim(all);
  EXPECT_THAT(EventsOf(claims), UnorderedElementsAre(first, elsewhere));
  const ClaimedDelivery head = claims[0].event.event_id == first ? claims[0] : claims[1];
  // Waiting for its next try, the first still holds the second back.
  ASSERT_OK(Write([&](ports::Tx& tx) {
    return tx.outbox().Retry(head, tx.Now() + absl::Hours(1), "HTTP 500");
  }));
  EXPECT_THAT(Claim(all), IsEmpty());
  const std::vector<ports::Delivery> waiting = Deliveries(first);
  EXPECT_EQ(waiting[0].last_error, "HTTP 500");
  EXPECT_EQ(waiting[0].state, DeliveryState::kOpen);
  ASSERT_OK(End(head, DeliveryState::kDead));
  EXPECT_THAT(EventsOf(Claim(all)), ElementsAre(second));
}

TEST_P(NotificationContract, ALapsedClaimIsTriedAgainAndItsHolderCanSettleNothing) {
  AddContact("hook");
  const std::string event = AddEvent(AddGroup());
  FanOut();
  const auto lapsed = Claim({.claim = -absl::Seconds(1)});
  ASSERT_THAT(lapsed, SizeIs(1));
  const auto again = Claim();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].event.event_id, event);
  EXPECT_EQ(again[0].attempt, 2);
  EXPECT_THAT(End(lapsed[0]), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.outbox().Retry(lapsed[0], tx.Now(), "late"); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK(End(again[0]));
  EXPECT_THAT(End(again[0]), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Deliveries(event)[0].state, DeliveryState::kDelivered);
}

TEST_P(NotificationContract, ClaimsAreBoundedByEndpointAndInAll) {
  AddContact("a1", "https://a.test/1");
  AddContact("a2", "https://A.test:443/2");
  AddContact("a3", "https://a.test/3");
  AddContact("b", "https://b.test/");
  AddEvent(AddGroup());
  FanOut();
  EXPECT_THAT(Claim({.limit = 1, .claim = -absl::Seconds(1)}), SizeIs(1));
  const auto not_a = Claim({.not_endpoints = {"https://a.test:443"}, .claim = -absl::Seconds(1)});
  ASSERT_THAT(not_a, SizeIs(1));
  EXPECT_EQ(not_a[0].contact.id, "b");
  EXPECT_THAT(Claim(), SizeIs(3));  // two of a, one of b
}

TEST_P(NotificationContract, ADisabledOrDeletedContactGetsNothingMore) {
  const domain::ScalingGroup group = AddGroup();
  ports::Contact one = AddContact("one");
  AddContact("two");
  const std::string event = AddEvent(group);
  FanOut();
  one.enabled = false;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.contacts().Put(one); }));
  EXPECT_EQ(Deliveries(event)[0].state, DeliveryState::kDropped);
  EXPECT_EQ(Pending(), 1U);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.contacts().Delete(own, "two"); }));
  EXPECT_EQ(Pending(), 0U);
  EXPECT_THAT(Claim(), IsEmpty());
}

TEST_P(NotificationContract, DoneEventsArePrunedAndOpenOnesStay) {
  AddContact("hook");
  const domain::ScalingGroup group = AddGroup();
  const std::string done = AddEvent(group);
  FanOut();
  ASSERT_OK(End(Claim().at(0)));
  const std::string open = AddEvent(group);
  FanOut();
  const auto prune = [&](absl::Duration after) {
    return Write([&](ports::Tx& tx) { return tx.outbox().Prune(tx.Now() + after, 10); }).value();
  };
  EXPECT_EQ(prune(-absl::Hours(1)), 0);
  EXPECT_EQ(prune(absl::Seconds(1)), 1);
  EXPECT_EQ(prune(absl::Seconds(1)), 0);
  EXPECT_THAT(Deliveries(done), IsEmpty());
  EXPECT_THAT(Deliveries(open), SizeIs(1));
}

}  // namespace accordion::testing
