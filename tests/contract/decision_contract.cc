// Decisions, and the outbox that announces what came of them.
#include "tests/contract/store_contract.h"

namespace accordion::testing {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(StoreContract, ADecisionIsReadAsWritten) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingPolicy policy = MakePolicy(group);
  const ports::DecisionRecord written{
      .group = KeyOf(group),
      .decision = {.firing = {.policy = policy,
                              .periods = {{.start = kLongAgo,
                                           .breach = domain::Breach::kTrue,
                                           .value = 0.1 + 0.2,
                                           .reporting = 2,
                                           .silent = {"i-9"}}}},
                   .reason = domain::DecisionReason::kAlreadyAtMaxCapacity,
                   .desired_before = 3,
                   .desired_wanted = 12,
                   .desired_after = 9},
      .window_end = kLongAgo + absl::Minutes(1),
      .decided_at = kLongAgo + absl::Minutes(1) + absl::Microseconds(3)};
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.decisions().Insert(written); }));

  const auto listing = Read([&](ports::Tx& tx) { return tx.decisions().List(KeyOf(group), {}); });
  ASSERT_OK(listing);
  ASSERT_EQ(listing->rows.size(), 1U);
  const ports::DecisionRecord& read = listing->rows.front();
  EXPECT_EQ(read.group, written.group);
  EXPECT_EQ(read.window_end, written.window_end);
  EXPECT_EQ(read.decided_at, written.decided_at);
  EXPECT_EQ(read.decision.firing.policy, policy);
  EXPECT_EQ(read.decision.firing.periods, written.decision.firing.periods);
  EXPECT_EQ(read.decision.reason, written.decision.reason);
  EXPECT_EQ(read.decision.desired_before, 3);
  EXPECT_EQ(read.decision.desired_wanted, 12);
  EXPECT_EQ(read.decision.desired_after, 9);
  EXPECT_EQ(
      Read([&](ports::Tx& tx) { return tx.decisions().List(ForeignKeyOf(group), {}); })->total, 0);
}

TEST_P(StoreContract, APolicysWindowIsDecidedOnce) {
  const domain::ScalingGroup group = AddGroup();
  ports::DecisionRecord record{.group = KeyOf(group),
                               .decision = {.firing = {.policy = MakePolicy(group)}},
                               .window_end = kLongAgo,
                               .decided_at = kLongAgo};
  const auto insert = [&] {
    return Write([&](ports::Tx& tx) { return tx.decisions().Insert(record); });
  };
  EXPECT_OK(insert());
  record.decided_at += absl::Seconds(1);
  EXPECT_THAT(insert(), StatusIs(absl::StatusCode::kAlreadyExists));
  record.window_end += absl::Microseconds(1);
  EXPECT_OK(insert());

  const auto page = Read(
      [&](ports::Tx& tx) { return tx.decisions().List(KeyOf(group), {.offset = 0, .limit = 1}); });
  ASSERT_OK(page);
  EXPECT_EQ(page->total, 2);
  ASSERT_EQ(page->rows.size(), 1U);
  EXPECT_EQ(page->rows.front().window_end, record.window_end);  // newest first
}

TEST_P(StoreContract, SubscribedTypesAreThoseOfTheGroup) {
  const domain::ScalingGroup group = AddGroup();
  const auto types = [&](const ports::GroupKey& key) {
    return Read([&](ports::Tx& tx) { return tx.outbox().SubscribedTypes(key); });
  };
  EXPECT_THAT(types(KeyOf(group)), IsOkAndHolds(IsEmpty()));
  backend().Subscribe(KeyOf(group), {1, 4, 6});
  EXPECT_THAT(types(KeyOf(group)), IsOkAndHolds(ElementsAre(1, 4, 6)));
  EXPECT_THAT(types(ForeignKeyOf(group)), IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreContract, AnActivityIsAnnouncedOnceAndInOrder) {
  const domain::ScalingGroup group = AddGroup();
  const ports::OutboxEvent first{.event_id = "11111111-2222-4333-8444-555555555555",
                                 .group = KeyOf(group),
                                 .activity_id = domain::ActivityId(1),
                                 .notification_type = 2,
                                 .created_at = kLongAgo};
  ports::OutboxEvent second = first;
  second.event_id = "01111111-2222-4333-8444-555555555555";
  second.activity_id = domain::ActivityId(2);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.outbox().Add(first); }));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.outbox().Add(second); }));
  ports::OutboxEvent again = first;
  again.event_id = "91111111-2222-4333-8444-555555555555";
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.outbox().Add(again); }),
              StatusIs(absl::StatusCode::kAlreadyExists));

  const auto pending = Read([](ports::Tx& tx) { return tx.outbox().Pending(10); });
  ASSERT_OK(pending);
  ASSERT_EQ(pending->size(), 2U);
  EXPECT_EQ((*pending)[0].event_id, first.event_id);
  EXPECT_EQ((*pending)[0].group, first.group);
  EXPECT_EQ((*pending)[0].activity_id, first.activity_id);
  EXPECT_EQ((*pending)[0].notification_type, 2);
  EXPECT_EQ((*pending)[0].created_at, kLongAgo);
  EXPECT_EQ((*pending)[1].event_id, second.event_id);
  EXPECT_EQ(Read([](ports::Tx& tx) { return tx.outbox().Pending(1); })->size(), 1U);
}

}  // namespace accordion::testing
