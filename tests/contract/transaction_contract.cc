#include "tests/contract/store_contract.h"

#include <mutex>
#include <set>
#include <thread>

namespace accordion::testing {

TEST_P(StoreContract, AnErrorRollsEverythingBack) {
  const domain::ScalingGroup kept = AddGroup();
  const domain::ScalingGroup fresh = MakeGroup();
  domain::ScalingGroup renamed = kept;
  renamed.name = "renamed";
  const domain::Member member = MakeMember(kept, "i-1");
  EXPECT_THAT(Write([&](ports::Tx& tx) -> absl::Status {
                EXPECT_OK(tx.groups().Insert(fresh));
                EXPECT_OK(tx.groups().Update(renamed));
                EXPECT_OK(tx.members().Insert(member));
                return absl::ResourceExhaustedError("changed my mind");
              }),
              StatusIs(absl::StatusCode::kResourceExhausted, "changed my mind"));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Get(KeyOf(kept)); }),
              IsOkAndHolds(kept));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Get(KeyOf(fresh)); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.members().Count(KeyOf(kept)); }),
              IsOkAndHolds(0));
}

TEST_P(StoreContract, ARollbackAlsoRestoresWhatWasDeleted) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScalingPolicy policy = MakePolicy(group);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.policies().Insert(policy); }));
  EXPECT_THAT(Write([&](ports::Tx& tx) -> absl::Status {
                EXPECT_OK(tx.groups().Delete(KeyOf(group)));
                return absl::CancelledError("no");
              }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.policies().Get(KeyOf(group), policy.id); }),
              IsOkAndHolds(policy));
}

TEST_P(StoreContract, ATransactionSeesItsOwnWrites) {
  const domain::ScalingGroup group = MakeGroup();
  EXPECT_OK(Write([&](ports::Tx& tx) -> absl::Status {
    EXPECT_OK(tx.groups().Insert(group));
    EXPECT_THAT(tx.groups().Get(KeyOf(group)), IsOkAndHolds(group));
    return absl::OkStatus();
  }));
}

TEST_P(StoreContract, AReadWritesNothingAndLocksNothing) {
  const domain::ScalingGroup group = AddGroup();
  EXPECT_FALSE(
      Read([&](ports::Tx& tx) { return tx.groups().SetWake(KeyOf(group), kLongAgo); }).ok());
  EXPECT_FALSE(Read([&](ports::Tx& tx) { return tx.groups().Lock(KeyOf(group)); }).ok());
  EXPECT_TRUE(
      Read([](ports::Tx& tx) { return tx.groups().Due(AllShards(), kLongAgo, 10); })->empty());
}

TEST_P(StoreContract, TheClockIsFixedForATransactionAndKeepsMicrosecondsOnly) {
  EXPECT_OK(Write([](ports::Tx& tx) -> absl::Status {
    const absl::Time now = tx.Now();
    EXPECT_GT(now, kLongAgo);
    EXPECT_EQ(now, absl::FromUnixMicros(absl::ToUnixMicros(now)));
    EXPECT_OK(tx.NewId());
    EXPECT_EQ(tx.Now(), now);
    return absl::OkStatus();
  }));
}

TEST_P(StoreContract, IdsAreUniqueAndGrowInEachThread) {
  constexpr int kThreads = 4;
  constexpr int kEach = 200;
  std::mutex mutex;
  std::set<int64_t> all;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      int64_t last = 0;
      for (int i = 0; i < kEach; ++i) {
        const int64_t id = NewId();
        EXPECT_GT(id, last);
        last = id;
        const std::lock_guard lock(mutex);
        all.insert(id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(all.size(), static_cast<size_t>(kThreads * kEach));
  EXPECT_GE(*all.begin(), 100'000'000'000'000'000);  // 18 or 19 digits
}

TEST_P(StoreContract, AnIdIsNotReusedAfterARollback) {
  int64_t dropped = 0;
  EXPECT_THAT(Write([&](ports::Tx& tx) -> absl::Status {
                dropped = tx.NewId().value_or(0);
                return absl::CancelledError("");
              }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_GT(NewId(), dropped);
}

}  // namespace accordion::testing
