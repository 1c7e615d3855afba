#include "engine/control/lookout.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/virtual_executor.h"

namespace accordion::control {
namespace {

constexpr absl::Duration kPoll = absl::Seconds(10);

class LookoutTest : public ::testing::Test {
 protected:
  // The seconds at which it looked.
  std::vector<int> Looks() const { return looks_; }

  void Look() {
    looks_.push_back(static_cast<int>(absl::ToInt64Seconds(clock_.Now() - start_)));
    if (during_look_) std::exchange(during_look_, nullptr)();
  }

  testing::FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  testing::VirtualTime time_{clock_};
  testing::VirtualExecutor executor_{time_};
  std::function<void()> during_look_;
  std::vector<int> looks_;
  Lookout lookout_{executor_, clock_, ports::Lane::kWork, [this] { Look(); }};
};

TEST_F(LookoutTest, LooksOnceAPoll) {
  lookout_.Start(kPoll);
  time_.RunFor(absl::Seconds(35));
  EXPECT_EQ(Looks(), (std::vector<int>{10, 20, 30}));
}

TEST_F(LookoutTest, HintsThatComeTogetherAreOneLook) {
  lookout_.Wake();
  lookout_.Wake();
  lookout_.Wake();
  time_.RunReady();
  EXPECT_EQ(Looks(), std::vector<int>{0});
}

TEST_F(LookoutTest, AHintDuringALookMakesAnotherFollow) {
  during_look_ = [this] {
    lookout_.Wake();
    lookout_.Wake();
  };
  lookout_.Wake();
  time_.RunReady();
  EXPECT_EQ(Looks(), (std::vector<int>{0, 0}));
}

TEST_F(LookoutTest, SleepsUntilTheEarliestTimeThatIsAskedFor) {
  lookout_.WakeAt(start_ + absl::Seconds(7));
  lookout_.WakeAt(start_ + absl::Seconds(9));
  lookout_.WakeAt(start_ + absl::Seconds(3));
  time_.RunFor(absl::Seconds(5));
  EXPECT_EQ(Looks(), std::vector<int>{3});
  lookout_.WakeAt(start_ + absl::Seconds(6));
  time_.RunFor(absl::Seconds(5));
  // The timer of 7 s stands, too: a look too many costs little.
  EXPECT_EQ(Looks(), (std::vector<int>{3, 6, 7}));
}

TEST_F(LookoutTest, OtherWorkHasAnIntervalOfItsOwn) {
  int done = 0;
  lookout_.Every(absl::Minutes(1), [&] { ++done; });
  time_.RunFor(absl::Seconds(150));
  EXPECT_EQ(done, 2);
  EXPECT_TRUE(Looks().empty());
}

TEST_F(LookoutTest, NothingBeginsAfterStop) {
  int done = 0;
  lookout_.Start(kPoll);
  lookout_.Every(kPoll, [&] { ++done; });
  lookout_.WakeAt(start_ + absl::Seconds(1));
  lookout_.Wake();
  lookout_.Stop();
  lookout_.Wake();
  time_.RunFor(absl::Minutes(1));
  EXPECT_TRUE(lookout_.stopped());
  EXPECT_TRUE(Looks().empty());
  EXPECT_EQ(done, 0);
}

TEST_F(LookoutTest, WhatAFullQueueRefusesThePollFinds) {
  lookout_.Start(kPoll);
  executor_.SetFull(ports::Lane::kWork, true);
  lookout_.Wake();
  executor_.SetFull(ports::Lane::kWork, false);
  time_.RunFor(absl::Seconds(15));
  EXPECT_EQ(Looks(), std::vector<int>{10});
}

}  // namespace
}  // namespace accordion::control
