#include "engine/control/thread_pool_executor.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "tests/support/eventually.h"

namespace accordion::control {
namespace {

using ports::Lane;

constexpr ThreadPoolExecutor::Options kOneThreadALane = {{{}, {}, {}, {}}};

TEST(ThreadPoolExecutor, RunsWorkOfALaneInOrder) {
  const base::SystemClock clock;
  ThreadPoolExecutor executor(clock, kOneThreadALane);
  std::vector<int> order;
  absl::Notification done;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(executor.Submit(Lane::kWork, [&, i] { order.push_back(i); }));
  }
  EXPECT_TRUE(executor.Submit(Lane::kWork, [&] { done.Notify(); }));
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(10)));
  ASSERT_EQ(order.size(), 100u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(ThreadPoolExecutor, TimersFireInOrderOfTimeAndNotBeforeIt) {
  const base::SystemClock clock;
  ThreadPoolExecutor executor(clock, kOneThreadALane);
  const absl::Time start = clock.Now();
  std::vector<int> order;
  absl::Time last;
  absl::Notification done;
  executor.SubmitAt(Lane::kWork, start + absl::Milliseconds(60), [&] {
    order.push_back(3);
    last = clock.Now();
    done.Notify();
  });
  executor.SubmitAt(Lane::kWork, start + absl::Milliseconds(20), [&] { order.push_back(2); });
  executor.SubmitAt(Lane::kWork, start - absl::Hours(1), [&] { order.push_back(1); });
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(10)));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_GE(last, start + absl::Milliseconds(60));
}

TEST(ThreadPoolExecutor, AFullLaneRefusesWorkButNoTimer) {
  const base::SystemClock clock;
  ThreadPoolExecutor::Options options = kOneThreadALane;
  options[static_cast<size_t>(Lane::kWork)] = {.threads = 1, .queue = 2};
  ThreadPoolExecutor executor(clock, options);
  absl::Notification started;
  absl::Notification release;
  std::atomic<int> ran = 0;
  ASSERT_TRUE(executor.Submit(Lane::kWork, [&] {
    started.Notify();
    release.WaitForNotification();
  }));
  started.WaitForNotification();
  EXPECT_TRUE(executor.Submit(Lane::kWork, [&] { ++ran; }));
  EXPECT_TRUE(executor.Submit(Lane::kWork, [&] { ++ran; }));
  EXPECT_EQ(executor.QueueDepth(Lane::kWork), 2u);
  EXPECT_FALSE(executor.Submit(Lane::kWork, [&] { ++ran; }));
  // Another lane is not in the way, and a timer is never refused.
  EXPECT_TRUE(executor.Submit(Lane::kLease, [&] { ++ran; }));
  executor.SubmitAt(Lane::kWork, clock.Now(), [&] { ++ran; });
  EXPECT_TRUE(testing::Eventually([&] { return ran == 1; }));
  release.Notify();
  EXPECT_TRUE(testing::Eventually([&] { return ran == 4; }));
}

TEST(ThreadPoolExecutor, StopFinishesWhatRunsAndDropsWhatWaits) {
  const base::SystemClock clock;
  ThreadPoolExecutor executor(clock, kOneThreadALane);
  // Held by the work, so that dropping the work is seen.
  const auto held = std::make_shared<int>(0);
  absl::Notification started;
  absl::Notification release;
  std::atomic<bool> finished = false;
  std::atomic<int> dropped = 0;
  ASSERT_TRUE(executor.Submit(Lane::kWork, [&, held] {
    started.Notify();
    release.WaitForNotification();
    finished = true;
  }));
  started.WaitForNotification();
  ASSERT_TRUE(executor.Submit(Lane::kWork, [&, held] { ++dropped; }));
  executor.SubmitAt(Lane::kWork, clock.Now() + absl::Hours(1), [&, held] { ++dropped; });
  std::thread stopper([&] { executor.Stop(); });
  EXPECT_TRUE(testing::Eventually([&] { return !executor.Submit(Lane::kApi, [] {}); }));
  release.Notify();
  stopper.join();
  EXPECT_TRUE(finished);
  EXPECT_EQ(dropped, 0);
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(executor.Submit(Lane::kWork, [] {}));
}

}  // namespace
}  // namespace accordion::control
