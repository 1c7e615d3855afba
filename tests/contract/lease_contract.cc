#include "tests/contract/store_contract.h"

#include <atomic>
#include <thread>

#include "tests/support/eventually.h"

namespace accordion::testing {

using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

constexpr absl::Duration kTtl = absl::Seconds(12);

ports::Fence FenceOf(int64_t session, const ports::HeldShard& shard) {
  return {.shard = shard.shard, .session = session, .epoch = shard.epoch};
}

}  // namespace

TEST_P(StoreContract, ASessionTakesAllFreeShardsAndKeepsThem) {
  ASSERT_OK_AND_ASSIGN(const int64_t session, leases().OpenSession("engine-1", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto held, leases().Acquire(session));
  ASSERT_THAT(held, SizeIs(ports::kShardCount));
  ASSERT_OK_AND_ASSIGN(const auto again, leases().Acquire(session));
  ASSERT_THAT(again, SizeIs(ports::kShardCount));
  for (size_t i = 0; i < held.size(); ++i) {
    EXPECT_EQ(held[i].shard, static_cast<int>(i));
    EXPECT_GT(held[i].epoch, 0);
    EXPECT_EQ(again[i].epoch, held[i].epoch);
  }
}

TEST_P(StoreContract, ALiveSessionsShardsAreNotTaken) {
  ASSERT_OK_AND_ASSIGN(const int64_t first, leases().OpenSession("engine-1", kTtl));
  ASSERT_OK_AND_ASSIGN(const int64_t second, leases().OpenSession("engine-2", kTtl));
  EXPECT_NE(first, second);
  ASSERT_OK(leases().Acquire(first));
  EXPECT_THAT(leases().Acquire(second), IsOkAndHolds(IsEmpty()));
  EXPECT_OK(leases().Renew(first, kTtl));
  EXPECT_OK(leases().Renew(second, kTtl));
}

TEST_P(StoreContract, ALapsedSessionNeverComesBack) {
  ASSERT_OK_AND_ASSIGN(const int64_t session, leases().OpenSession("engine-1", kTtl));
  ASSERT_OK(leases().Acquire(session));
  backend().Expire(session);
  const auto lapsed = StatusIs(absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(leases().Renew(session, kTtl), lapsed);
  EXPECT_THAT(leases().Acquire(session), lapsed);
  EXPECT_THAT(leases().Renew(session, kTtl), lapsed);
  EXPECT_THAT(leases().Renew(session + 1000, kTtl), lapsed);
}

TEST_P(StoreContract, ALapsedSessionsShardsAreTakenWithHigherEpochs) {
  ASSERT_OK_AND_ASSIGN(const int64_t first, leases().OpenSession("engine-1", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto before, leases().Acquire(first));
  backend().Expire(first);
  ASSERT_OK_AND_ASSIGN(const int64_t second, leases().OpenSession("engine-2", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto after, leases().Acquire(second));
  ASSERT_THAT(after, SizeIs(ports::kShardCount));
  for (size_t i = 0; i < after.size(); ++i) EXPECT_GT(after[i].epoch, before[i].epoch);
}

TEST_P(StoreContract, AClosedSessionsShardsAreFreeAtOnceWithHigherEpochs) {
  ASSERT_OK_AND_ASSIGN(const int64_t first, leases().OpenSession("engine-1", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto before, leases().Acquire(first));
  ASSERT_OK(leases().Close(first));
  EXPECT_OK(leases().Close(first));
  EXPECT_THAT(leases().Renew(first, kTtl), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK_AND_ASSIGN(const int64_t second, leases().OpenSession("engine-2", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto after, leases().Acquire(second));
  ASSERT_THAT(after, SizeIs(ports::kShardCount));
  EXPECT_GT(after[7].epoch, before[7].epoch);
}

TEST_P(StoreContract, AFencedTransactionNeedsTheShardWithSessionAndEpoch) {
  ASSERT_OK_AND_ASSIGN(const int64_t session, leases().OpenSession("engine-1", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto held, leases().Acquire(session));
  const ports::Fence good = FenceOf(session, held[5]);
  bool ran = false;
  const auto transact = [&](const ports::Fence& fence) {
    ran = false;
    return store().Transact(fence, [&](ports::Tx& tx) {
      ran = true;
      return tx.NewId().status();
    });
  };
  EXPECT_OK(transact(good));
  EXPECT_TRUE(ran);
  ports::Fence other_session = good;
  other_session.session += 1;
  ports::Fence old_epoch = good;
  old_epoch.epoch -= 1;
  ports::Fence future_epoch = good;
  future_epoch.epoch += 1;
  ports::Fence no_shard = good;
  no_shard.shard = ports::kShardCount;
  for (const ports::Fence& bad :
       {other_session, old_epoch, future_epoch, no_shard, ports::Fence{}}) {
    EXPECT_THAT(transact(bad), StatusIs(absl::StatusCode::kFailedPrecondition, "fence"));
    EXPECT_FALSE(ran);
  }
}

TEST_P(StoreContract, AnEngineThatWasPausedWritesNothingAfterTakeOver) {
  const domain::ScalingGroup group = AddGroup();
  const auto shard = static_cast<size_t>(ports::ShardOf(group.id));
  ASSERT_OK_AND_ASSIGN(const int64_t paused, leases().OpenSession("engine-1", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto before, leases().Acquire(paused));
  backend().Expire(paused);
  ASSERT_OK_AND_ASSIGN(const int64_t other, leases().OpenSession("engine-2", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto after, leases().Acquire(other));

  domain::ScalingGroup late = group;
  late.name = "late";
  const auto update = [&](ports::Tx& tx) { return tx.groups().Update(late); };
  EXPECT_THAT(store().Transact(FenceOf(paused, before[shard]), update),
              StatusIs(absl::StatusCode::kFailedPrecondition, "fence"));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Get(KeyOf(group)); }),
              IsOkAndHolds(group));
  EXPECT_OK(store().Transact(FenceOf(other, after[shard]), update));
}

TEST_P(StoreContract, ATakeOverWaitsForAnOpenFencedTransactionAndSeesItsWrites) {
  const domain::ScalingGroup group = AddGroup();
  const auto shard = static_cast<size_t>(ports::ShardOf(group.id));
  ASSERT_OK_AND_ASSIGN(const int64_t first, leases().OpenSession("engine-1", kTtl));
  ASSERT_OK_AND_ASSIGN(const auto held, leases().Acquire(first));
  backend().Expire(first);
  ASSERT_OK_AND_ASSIGN(const int64_t second, leases().OpenSession("engine-2", kTtl));

  domain::ScalingGroup written = group;
  written.name = "written under the fence";
  std::string seen_after_take_over;
  std::atomic<bool> taken = false;
  std::thread taker;
  const absl::Status status = store().Transact(FenceOf(first, held[shard]), [&](ports::Tx& tx) {
    // Already fenced: from here on the take-over has to wait.
    taker = std::thread([&] {
      EXPECT_OK(leases().Acquire(second));
      taken = true;
      const auto read = Read([&](ports::Tx& reader) { return reader.groups().Get(KeyOf(group)); });
      EXPECT_OK(read);
      seen_after_take_over = read.ok() ? read->name : "";
    });
    EXPECT_FALSE(Eventually([&] { return taken.load(); }, absl::Milliseconds(300)));
    return tx.groups().Update(written);
  });
  taker.join();
  EXPECT_OK(status);
  EXPECT_EQ(seen_after_take_over, written.name);
}

}  // namespace accordion::testing
