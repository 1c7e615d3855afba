#include "engine/cloud/manners/token_bucket.h"

#include <algorithm>
#include <cstdint>

#include "base/random.h"
#include "gtest/gtest.h"

namespace accordion::cloud {
namespace {

// The textbook's bucket, counted in whole ticks of 1/64 s: tokens are 1/64ths, so nothing is
// rounded.
class ReferenceBucket {
 public:
  ReferenceBucket(int64_t per_second, int64_t burst)
      : per_second_(per_second), burst_(burst * 64), level_(burst_) {}

  bool Has(int64_t tick, int64_t reserve) {
    Fill(tick);
    return tick >= rests_until_ && level_ >= (1 + reserve) * 64;
  }
  void Take() { level_ -= 64; }
  void Rest(int64_t tick, int64_t ticks) {
    Fill(tick);
    level_ = 0;
    rests_until_ = std::max(rests_until_, tick + ticks);
    filled_at_ = std::max(filled_at_, rests_until_);
  }

 private:
  void Fill(int64_t tick) {
    if (tick <= filled_at_) return;
    level_ = std::min(burst_, level_ + (tick - filled_at_) * per_second_);
    filled_at_ = tick;
  }

  const int64_t per_second_;
  const int64_t burst_;
  int64_t level_;
  int64_t filled_at_ = 0;
  int64_t rests_until_ = 0;
};

absl::Duration Ticks(int64_t ticks) { return ticks * absl::Nanoseconds(15'625'000); }

TEST(TokenBucket, DecidesAsTheTextbookDoes) {
  int64_t granted = 0;
  int64_t refused = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    base::SeededRng rng(seed);
    const int64_t per_second = int64_t{1} << base::UniformBelow(rng, 6);
    const int64_t burst = base::UniformBetween(rng, 1, 20);
    TokenBucket bucket(
        {.per_second = static_cast<double>(per_second), .burst = static_cast<double>(burst)});
    ReferenceBucket reference(per_second, burst);
    int64_t tick = 0;
    for (int step = 0; step < 500; ++step) {
      tick += base::UniformBetween(rng, 0, 40) / 13;
      if (base::UniformBelow(rng, 100) == 0) {
        const int64_t pause = base::UniformBetween(rng, 0, 128);
        bucket.Rest(Ticks(tick), Ticks(pause));
        reference.Rest(tick, pause);
      }
      const int64_t reserve = base::UniformBelow(rng, 4) == 0 ? burst / 2 : 0;
      const bool has = bucket.Has(Ticks(tick), static_cast<double>(reserve));
      ASSERT_EQ(has, reference.Has(tick, reserve)) << "seed " << seed << " step " << step;
      ++(has ? granted : refused);
      if (!has) continue;
      bucket.Take(Ticks(tick));
      reference.Take();
    }
  }
  EXPECT_GT(granted, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(TokenBucket, KnowsWhenItIsHalfFull) {
  TokenBucket bucket({.per_second = 1, .burst = 10});
  const absl::Duration now = absl::Hours(1);
  for (int taken = 0; taken < 5; ++taken) {
    EXPECT_TRUE(bucket.HalfFull(now));
    bucket.Take(now);
  }
  EXPECT_TRUE(bucket.HalfFull(now));
  bucket.Take(now);
  EXPECT_FALSE(bucket.HalfFull(now));
  EXPECT_TRUE(bucket.HalfFull(now + absl::Seconds(1)));
}

}  // namespace
}  // namespace accordion::cloud
