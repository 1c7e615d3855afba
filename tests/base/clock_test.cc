#include "base/clock.h"

#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"

namespace accordion::base {
namespace {

TEST(SystemClock, TellsATimeAfterThisTestWasWritten) {
  EXPECT_GT(SystemClock().Now(), absl::FromCivil(absl::CivilDay(2024, 1, 1), absl::UTCTimeZone()));
}

TEST(SystemClock, BootTimeNeverGoesBack) {
  const SystemClock clock;
  absl::Duration last = clock.BootTime();
  EXPECT_GT(last, absl::ZeroDuration());
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration now = clock.BootTime();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(FakeClock, StandsStillUntilItIsMoved) {
  testing::FakeClock clock;
  const absl::Time start = clock.Now();
  const absl::Duration boot = clock.BootTime();
  EXPECT_EQ(clock.Now(), start);

  clock.Advance(absl::Seconds(5));
  EXPECT_EQ(clock.Now(), start + absl::Seconds(5));
  EXPECT_EQ(clock.BootTime(), boot + absl::Seconds(5));
}

TEST(FakeClock, AStepOfTheWallClockLeavesBootTimeAlone) {
  testing::FakeClock clock;
  const absl::Duration boot = clock.BootTime();
  clock.SetNow(clock.Now() - absl::Hours(1));
  EXPECT_EQ(clock.BootTime(), boot);
}

}  // namespace
}  // namespace accordion::base
