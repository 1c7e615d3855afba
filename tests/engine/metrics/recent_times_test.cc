#include "engine/metrics/recent_times.h"

#include <random>
#include <set>

#include "gtest/gtest.h"

namespace accordion::metrics {
namespace {

TEST(RecentTimes, TellsTwiceFromOutOfOrder) {
  RecentTimes times;
  EXPECT_FALSE(times.MayHave(100));
  times.Record(100);
  EXPECT_TRUE(times.MayHave(100));
  EXPECT_FALSE(times.MayHave(50));
  times.Record(50);
  EXPECT_TRUE(times.MayHave(50));
  EXPECT_FALSE(times.MayHave(0)) << "also the time that an empty place would hold";
}

TEST(RecentTimes, WhatIsOlderThanAllItKnowsMayBeADuplicate) {
  RecentTimes times;
  constexpr auto kSize = static_cast<int64_t>(RecentTimes::kSize);
  for (int64_t i = 0; i <= kSize; ++i) times.Record(i * 10);
  EXPECT_TRUE(times.MayHave(0)) << "pushed out, and so in doubt";
  EXPECT_TRUE(times.MayHave(5));
  EXPECT_TRUE(times.MayHave(10));
  EXPECT_FALSE(times.MayHave(15));
}

TEST(RecentTimes, NeverTakesAnyTimestampTwice) {
  std::mt19937_64 random(7);
  RecentTimes times;
  std::set<int64_t> seen;
  int refused = 0;
  for (int64_t i = 0; i < 20'000; ++i) {
    const int64_t nanos = i + static_cast<int64_t>(random() % 40);
    const bool duplicate = seen.count(nanos) > 0;
    const bool too_old = seen.size() >= RecentTimes::kSize &&
                         nanos < *std::next(seen.rbegin(), RecentTimes::kSize - 1);
    ASSERT_EQ(times.MayHave(nanos), duplicate || too_old);
    if (duplicate || too_old) {
      ++refused;
      continue;
    }
    times.Record(nanos);
    seen.insert(nanos);
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace accordion::metrics
