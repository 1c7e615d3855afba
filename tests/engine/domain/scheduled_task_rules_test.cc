#include "engine/domain/scheduled_task_rules.h"

#include <gtest/gtest.h>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

using F = TaskField;
using K = FaultKind;

constexpr Quotas kQuotas;
const Readjust kCurrent = {.max_size = 5, .min_size = 1, .expect_size = 2};

Readjust Merged(const ReadjustEdit& edit, const Readjust& current = kCurrent) {
  return std::get<Readjust>(MergeReadjust(current, edit, kQuotas));
}

TaskFault Fault(const ReadjustEdit& edit, const Readjust& current = kCurrent) {
  return std::get<TaskFault>(MergeReadjust(current, edit, kQuotas));
}

ScheduledTask OneShot(absl::Time start) {
  ScheduledTask task;
  task.start_time = start;
  return task;
}

ScheduledTask Daily(absl::Time start, absl::Time end) {
  ScheduledTask task = OneShot(start);
  task.end_time = end;
  task.rule = DayCycleRule{1};
  return task;
}

TEST(ScheduledTaskRules, AnAbsentSizeStaysAsItIs) {
  EXPECT_EQ(Merged({}), kCurrent);
  EXPECT_EQ(Merged({.max_size = 9}), (Readjust{9, 1, 2}));
  EXPECT_EQ(Merged({.min_size = 2}), (Readjust{5, 2, 2}));
  EXPECT_EQ(Merged({.expect_size = 5}), (Readjust{5, 1, 5}));
  EXPECT_EQ(Merged({.max_size = 1, .min_size = 0, .expect_size = 0}), (Readjust{1, 0, 0}));
}

TEST(ScheduledTaskRules, SizesHaveFloorsAndTheQuota) {
  EXPECT_EQ(Fault({.max_size = 0}), (TaskFault{F::kReadjustMaxSize}));
  EXPECT_EQ(Fault({.min_size = -1}), (TaskFault{F::kReadjustMinSize}));
  EXPECT_EQ(Merged({.max_size = 50}).max_size, 50);
  EXPECT_EQ(Fault({.max_size = 51}), (TaskFault{F::kReadjustMaxSize, K::kAboveQuota, 50}));
}

TEST(ScheduledTaskRules, TheBlameIsOnASizeThatWasGiven) {
  EXPECT_EQ(Fault({.min_size = 6}), (TaskFault{F::kReadjustMinSize}));
  EXPECT_EQ(Fault({.max_size = 3}, {5, 4, 4}), (TaskFault{F::kReadjustMaxSize}));
  EXPECT_EQ(Fault({.max_size = 2, .min_size = 3}), (TaskFault{F::kReadjustMinSize}));
  EXPECT_EQ(Fault({.expect_size = 6}), (TaskFault{F::kReadjustExpectSize}));
  EXPECT_EQ(Fault({.expect_size = 0}), (TaskFault{F::kReadjustExpectSize}));
  EXPECT_EQ(Fault({.min_size = 3}), (TaskFault{F::kReadjustMinSize}));
  EXPECT_EQ(Fault({.max_size = 1}), (TaskFault{F::kReadjustMaxSize}));
}

TEST(ScheduledTaskRules, ALoweredQuotaBreaksFiringsButNoEditOfOtherSizes) {
  const Readjust large = {.max_size = 60, .min_size = 1, .expect_size = 2};
  EXPECT_EQ(Merged({.expect_size = 3}, large), (Readjust{60, 1, 3}));
  EXPECT_EQ(CheckReadjust(large, kQuotas), (TaskFault{F::kReadjustMaxSize, K::kAboveQuota, 50}));
  EXPECT_EQ(CheckReadjust(kCurrent, kQuotas), std::nullopt);
  EXPECT_EQ(CheckReadjust({5, 1, 6}, kQuotas), (TaskFault{F::kReadjustExpectSize}));
}

TEST(ScheduledTaskRules, AFaultOfATextIsOneOfTheTask) {
  EXPECT_EQ(FaultOf({RecurrenceField::kRecurrence, false, CronField::kHour}),
            (TaskFault{F::kRecurrence}));
  EXPECT_EQ(FaultOf({RecurrenceField::kRepeatUnit, true}),
            (TaskFault{F::kRepeatUnit, K::kMissing}));
  EXPECT_EQ(FaultOf({RecurrenceField::kRepeatCycle}), (TaskFault{F::kRepeatCycle}));
}

TEST(ScheduledTaskRules, AOneShotStartsInTheFutureAndHasNoEnd) {
  EXPECT_EQ(CheckTimes(OneShot(kNow + absl::Seconds(1)), nullptr, kNow), std::nullopt);
  EXPECT_EQ(CheckTimes(OneShot(kNow), nullptr, kNow), (TaskFault{F::kStartTime}));
  ScheduledTask task = OneShot(kNow + absl::Hours(1));
  task.end_time = kNow + absl::Hours(2);
  EXPECT_EQ(CheckTimes(task, nullptr, kNow), (TaskFault{F::kEndTime}));
}

TEST(ScheduledTaskRules, ARepeatingTaskHasAnEndThatIsAhead) {
  const absl::Time yesterday = kNow - absl::Hours(24);
  const absl::Time tomorrow = kNow + absl::Hours(24);
  EXPECT_EQ(CheckTimes(Daily(yesterday, tomorrow), nullptr, kNow), std::nullopt);
  EXPECT_EQ(CheckTimes(Daily(tomorrow, tomorrow), nullptr, kNow), std::nullopt);
  EXPECT_EQ(CheckTimes(Daily(tomorrow, tomorrow - absl::Seconds(1)), nullptr, kNow),
            (TaskFault{F::kEndTime}));
  EXPECT_EQ(CheckTimes(Daily(yesterday, kNow), nullptr, kNow), (TaskFault{F::kEndTime}));
  ScheduledTask endless = Daily(yesterday, tomorrow);
  endless.end_time.reset();
  EXPECT_EQ(CheckTimes(endless, nullptr, kNow), (TaskFault{F::kEndTime, K::kMissing}));
}

TEST(ScheduledTaskRules, AnEditMayKeepTimesThatHavePassed) {
  const absl::Time yesterday = kNow - absl::Hours(24);
  const ScheduledTask fired = OneShot(yesterday);
  EXPECT_EQ(CheckTimes(fired, &fired, kNow), std::nullopt);
  EXPECT_EQ(CheckTimes(OneShot(yesterday + absl::Hours(1)), &fired, kNow),
            (TaskFault{F::kStartTime}));
  const ScheduledTask daily = Daily(yesterday, kNow + absl::Hours(24));
  EXPECT_EQ(CheckTimes(OneShot(yesterday), &daily, kNow), (TaskFault{F::kStartTime}));
  const ScheduledTask ended = Daily(yesterday - absl::Hours(24), yesterday);
  EXPECT_EQ(CheckTimes(ended, &ended, kNow), std::nullopt);
  EXPECT_EQ(CheckTimes(Daily(ended.start_time, kNow), &ended, kNow), (TaskFault{F::kEndTime}));
}

}  // namespace
}  // namespace accordion::domain
