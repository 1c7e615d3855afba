#include "engine/domain/launch_breaker.h"

#include <gtest/gtest.h>

#include "engine/domain/limits.h"
#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

ScalingGroup Failed(int errors) {
  ScalingGroup group = MakeGroup(0, 5, 20);
  CountLaunches(group, {.failed_for_good = errors}, kNow);
  return group;
}

TEST(LaunchBreaker, OpensAfterTenFailuresInARow) {
  ScalingGroup group = Failed(4);
  CountLaunches(group, {.failed_for_good = 5}, kNow);
  EXPECT_FALSE(LaunchesPaused(group));
  CountLaunches(group, {.failed_for_good = 1}, kNow);
  EXPECT_TRUE(LaunchesPaused(group));
  EXPECT_EQ(group.launch_probe_at, kNow + kLaunchProbeInterval);
  EXPECT_EQ(group.desired_capacity, 5) << "failures never change desired";
}

TEST(LaunchBreaker, OneThatServesEndsTheRun) {
  ScalingGroup group = Failed(9);
  CountLaunches(group, {.served = 1, .failed_for_good = 5}, kNow);
  EXPECT_EQ(group.launch_errors_in_a_row, 0);
  EXPECT_FALSE(LaunchesPaused(group));
}

TEST(LaunchBreaker, FailuresOfAnotherKindCountNothing) {
  ScalingGroup group = Failed(9);
  CountLaunches(group, {}, kNow);
  EXPECT_EQ(group.launch_errors_in_a_row, 9);
  EXPECT_FALSE(LaunchesPaused(group));
}

TEST(LaunchBreaker, NoMoreBeginThanMayFailUntilThePause) {
  EXPECT_EQ(AllowedLaunches(MakeGroup(0, 50, 50), 50, kNow), 50);
  EXPECT_EQ(AllowedLaunches(Failed(1), 50, kNow), 9);
  EXPECT_EQ(AllowedLaunches(Failed(9), 50, kNow), 1);
  EXPECT_EQ(AllowedLaunches(Failed(9), 0, kNow), 0);
  EXPECT_EQ(AllowedLaunches(Failed(9), -3, kNow), 0);
}

TEST(LaunchBreaker, APausedGroupProbesWithOneLaunch) {
  ScalingGroup group = Failed(12);
  const absl::Time probe = kNow + kLaunchProbeInterval;
  EXPECT_EQ(AllowedLaunches(group, 8, probe - absl::Microseconds(1)), 0);
  EXPECT_EQ(AllowedLaunches(group, 8, probe), 1);
  EXPECT_EQ(AllowedLaunches(group, 0, probe), 0);
  // Whatever it fails for, the next is as far off.
  CountLaunches(group, {}, probe);
  EXPECT_EQ(group.launch_probe_at, probe + kLaunchProbeInterval);
  CountLaunches(group, {.served = 1}, probe);
  EXPECT_EQ(AllowedLaunches(group, 8, probe), 8);
}

TEST(LaunchBreaker, AnEditEndsThePause) {
  ScalingGroup group = Failed(12);
  ResumeLaunches(group);
  EXPECT_FALSE(LaunchesPaused(group));
  EXPECT_EQ(AllowedLaunches(group, 20, kNow), 20);
}

// A group that launches nothing but failures, whatever its size.
TEST(LaunchBreaker, AGroupThatAlwaysFailsLaunchesFewerThanItsCap) {
  ForAll([](Random& random) {
    const int missing = random.Int(1, 50);
    ScalingGroup group = MakeGroup(0, missing, 50);
    int launches = 0;
    int until_paused = 0;
    for (absl::Time now = kNow; now < kNow + absl::Hours(24); now += absl::Seconds(15)) {
      const int begun = AllowedLaunches(group, missing, now);
      if (begun == 0) continue;
      launches += begun;
      if (!LaunchesPaused(group)) until_paused += begun;
      CountLaunches(group, {.failed_for_good = begun}, now);
    }
    EXPECT_LE(until_paused, std::max(missing, kLaunchErrorsToPause));
    EXPECT_LE(launches - until_paused, 24 * 4);
  });
}

}  // namespace
}  // namespace accordion::domain
