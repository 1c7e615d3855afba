// Scheduled tasks, from the due instant to the group's members.
#include <map>
#include <memory>
#include <vector>

#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using domain::OccurrenceOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using O = OccurrenceOutcome;

constexpr char kEveryMinute[] = "0-59 0-23 * * *";

class TaskTest : public ::testing::Test {
 protected:
  // A group at rest, an engine that has taken it up, and a time that is on no poll's grid.
  TaskTest() : key(world.MakeGroup({.desired = 1})), engine(std::make_unique<Engine>(world, 1)) {
    EXPECT_EQ(world.Settle(key, 1), "");
    world.time.RunFor(absl::Milliseconds(370));
  }

  absl::Time In(absl::Duration time) { return world.time.Now() + time; }
  std::vector<O> Outcomes(const domain::TaskId& task) {
    std::vector<O> outcomes;
    for (const auto& row : world.Occurrences(key, task)) outcomes.push_back(row.occurrence.outcome);
    return outcomes;
  }
  int Desired() { return world.Group(key).desired_capacity; }

  World world;
  const ports::GroupKey key;
  std::unique_ptr<Engine> engine;
};

TEST_F(TaskTest, AOneShotGivesTheGroupItsSizesAtItsInstant) {
  const absl::Time due = In(absl::Milliseconds(5250));
  const domain::TaskId task = world.AddTask(key, due, 3);
  world.time.RunUntil(due - absl::Microseconds(1));
  EXPECT_EQ(Desired(), 1);
  world.time.RunUntil(due);
  const domain::ScalingGroup group = world.Group(key);
  EXPECT_EQ(group.min_size, 0);
  EXPECT_EQ(group.max_size, 20);
  EXPECT_EQ(group.desired_capacity, 3);
  EXPECT_EQ(group.desired_cause.kind, domain::TriggerKind::kTask);
  EXPECT_EQ(group.desired_cause.cooldown, absl::ZeroDuration());
  EXPECT_EQ(world.Settle(key, 3), "");
  const activity::Activity activity = world.Activities(key).front();
  EXPECT_THAT(activity.cause.text, HasSubstr("Scheduled task \"task to 3\" ("));
  EXPECT_THAT(activity.cause.text, HasSubstr("due at " + absl::FormatTime("%Y-%m-%d %H:%M:%S", due,
                                                                          absl::UTCTimeZone())));
  const auto rows = world.Occurrences(key, task);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].occurrence.due_at, due);
  EXPECT_EQ(rows[0].decided_at, due);
  EXPECT_EQ(rows[0].desired_before, 1);
  EXPECT_EQ(rows[0].desired_after, 3);
  world.time.RunFor(absl::Minutes(30));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kFired));
}

TEST_F(TaskTest, ARepeatingTaskFiresAtEachInstantUntilItsEnd) {
  const domain::TaskId task = world.AddTask(key, world.time.Now(), 2, kEveryMinute);
  EXPECT_TRUE(world.store
                  .Transact([&](ports::Tx& tx) -> absl::Status {
                    ASSIGN_OR_RETURN(domain::ScheduledTask row, tx.tasks().Lock(key, task));
                    row.end_time = tx.Now() + absl::Seconds(301);
                    return tx.tasks().Update(row);
                  })
                  .ok());
  world.time.RunFor(absl::Minutes(10));
  const auto rows = world.Occurrences(key, task);
  EXPECT_EQ(rows.size(), 5u);
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].occurrence.outcome, O::kFired);
    EXPECT_EQ(rows[i].occurrence.due_at,
              rows[0].occurrence.due_at + absl::Minutes(static_cast<int>(i)));
  }
  EXPECT_EQ(world.Unrest(key, 2), "");
}

TEST_F(TaskTest, ATaskThatIsDueBeforeTheNextPollFiresInTimeAfterAHint) {
  const absl::Time due = In(absl::Milliseconds(200));
  world.AddTask(key, due, 2);
  engine->plane->TaskChanged(key);
  world.time.RunUntil(due);
  EXPECT_EQ(Desired(), 2);
}

TEST_F(TaskTest, WithoutAHintItFiresAtTheNextPoll) {
  world.AddTask(key, In(absl::Milliseconds(1)), 2);
  world.time.RunFor(TestSettings().due_poll);
  EXPECT_EQ(Desired(), 2);
}

TEST_F(TaskTest, SizesThatLeaveDesiredAloneChangeNoCause) {
  const domain::Cause before = world.Group(key).desired_cause;
  const domain::TaskId task = world.AddTask(key, In(absl::Seconds(2)), 1);
  world.Edit(key, [&](domain::ScalingGroup& group) {
    group.max_size = 7;
    group.desired_cause = before;
  });
  world.time.RunFor(absl::Seconds(3));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kFired));
  EXPECT_EQ(world.Group(key).max_size, 20);
  EXPECT_EQ(world.Group(key).desired_cause, before);
}

TEST_F(TaskTest, AfterADowntimeTheNewestInstantFiresAndTheOthersAreRecorded) {
  const domain::TaskId task = world.AddTask(key, world.time.Now(), 2, kEveryMinute);
  const domain::TaskId old = world.AddTask(key, In(absl::Minutes(2)), 5);
  engine->Kill();
  world.time.RunFor(absl::Minutes(13));
  EXPECT_THAT(Outcomes(task), IsEmpty());
  engine = std::make_unique<Engine>(world, 2);
  world.time.RunFor(absl::Seconds(2));
  const auto rows = world.Occurrences(key, task);
  std::map<O, int> counts;
  for (const ports::TaskOccurrence& row : rows) {
    ++counts[row.occurrence.outcome];
    const absl::Duration late = row.decided_at - row.occurrence.due_at;
    EXPECT_EQ(row.occurrence.outcome == O::kExpired, late > absl::Minutes(10));
  }
  EXPECT_EQ(rows.size(), 13u);
  EXPECT_EQ(rows.back().occurrence.outcome, O::kFired);
  EXPECT_EQ(counts[O::kFired], 1);
  EXPECT_GE(counts[O::kExpired], 2);
  EXPECT_EQ(counts[O::kCoalesced], 12 - counts[O::kExpired]);
  EXPECT_THAT(Outcomes(old), ElementsAre(O::kExpired));
  EXPECT_EQ(world.Settle(key, 2), "");
}

TEST_F(TaskTest, AfterADowntimeTheNewestTaskHasTheLastWord) {
  const domain::TaskId newer = world.AddTask(key, In(absl::Seconds(60)), 4);
  const domain::TaskId older = world.AddTask(key, In(absl::Seconds(30)), 2);
  engine->Kill();
  world.time.RunFor(absl::Minutes(2));
  engine = std::make_unique<Engine>(world, 2);
  world.time.RunFor(absl::Seconds(2));
  EXPECT_THAT(Outcomes(older), ElementsAre(O::kFired));
  EXPECT_THAT(Outcomes(newer), ElementsAre(O::kFired));
  EXPECT_EQ(world.Occurrences(key, newer)[0].desired_before, 2);
  EXPECT_EQ(Desired(), 4);
}

TEST_F(TaskTest, ADisabledGroupSkipsItsTasks) {
  world.Edit(key,
             [](domain::ScalingGroup& group) { group.status = domain::GroupStatus::kUnActive; });
  const domain::TaskId task = world.AddTask(key, In(absl::Seconds(2)), 3);
  world.time.RunFor(absl::Seconds(5));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kDisabled));
  EXPECT_EQ(Desired(), 1);
}

TEST_F(TaskTest, AGroupWhoseDeletionWasAskedForIsNotFilledAgain) {
  world.Edit(key, [&](domain::ScalingGroup& group) {
    group.desired_capacity = 0;
    group.delete_requested_at = world.time.Now();
  });
  const domain::TaskId task = world.AddTask(key, In(absl::Seconds(2)), 3);
  world.time.RunFor(absl::Seconds(5));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kDisabled));
  EXPECT_EQ(Desired(), 0);
}

TEST_F(TaskTest, SizesAboveTheQuotaAreRecordedAsFailed) {
  EXPECT_TRUE(world.store
                  .Transact([&](ports::Tx& tx) {
                    return tx.accounts().PutQuota(world.account, "max_size", 19);
                  })
                  .ok());
  const domain::TaskId task = world.AddTask(key, In(absl::Seconds(2)), 3);
  world.time.RunFor(absl::Seconds(5));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kFailed));
  EXPECT_EQ(world.Occurrences(key, task)[0].words, "max size 20 is above the quota 19");
  EXPECT_EQ(Desired(), 1);
}

TEST_F(TaskTest, ATaskPassesCooldownAndAnOpenActivity) {
  world.Edit(key, [&](domain::ScalingGroup& group) {
    group.cooldown_until = In(absl::Hours(1));
    group.desired_capacity = 2;
  });
  engine->plane->Wake(key);
  world.time.RunReady();
  ASSERT_TRUE(world.ActivityOpen(key));
  world.AddTask(key, In(absl::Milliseconds(1200)), 4);
  world.time.RunFor(absl::Milliseconds(1200));
  ASSERT_TRUE(world.ActivityOpen(key));
  EXPECT_EQ(Desired(), 4);
  EXPECT_EQ(world.Settle(key, 4), "");
  EXPECT_EQ(world.Activities(key).front().cause.kind, domain::TriggerKind::kTask);
}

TEST_F(TaskTest, AnInstantThatAClockBringsBackDoesNotActAgainAndTheTaskGoesOn) {
  const absl::Time due = In(absl::Seconds(90));
  const domain::TaskId task = world.AddTask(key, due - absl::Minutes(1), 3, kEveryMinute);
  world.time.RunFor(absl::Minutes(2));
  const size_t fired = Outcomes(task).size();
  ASSERT_GE(fired, 1u);
  world.SetDesired(key, 5);
  // As after an edit under a clock that had stepped back: due again are instants that were decided.
  EXPECT_TRUE(world.store
                  .Transact([&](ports::Tx& tx) -> absl::Status {
                    ASSIGN_OR_RETURN(domain::ScheduledTask row, tx.tasks().Lock(key, task));
                    row.next_due_at = *row.next_due_at - absl::Minutes(1);
                    return tx.tasks().Update(row);
                  })
                  .ok());
  world.time.RunFor(absl::Seconds(2));
  EXPECT_EQ(Desired(), 5);
  EXPECT_EQ(Outcomes(task).size(), fired);
  world.time.RunFor(absl::Minutes(2));
  EXPECT_EQ(Desired(), 3);
  EXPECT_EQ(Outcomes(task), std::vector<O>(fired + 2, O::kFired));
}

TEST_F(TaskTest, APausedEngineFiresNothingAfterItsShardsWereTakenOver) {
  const domain::TaskId task = world.AddTask(key, In(absl::Seconds(2)), 3);
  engine->executor.Pause();
  world.time.RunFor(absl::Seconds(30));
  Engine second(world, 2);
  world.time.RunFor(absl::Seconds(30));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kFired));
  world.SetDesired(key, 5);
  engine->executor.Continue();
  world.time.RunFor(absl::Minutes(2));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kFired));
  EXPECT_EQ(world.Settle(key, 5), "");
}

TEST_F(TaskTest, AnAnswerToACommitThatIsLostChangesNothing) {
  for (const testing::StoreFault fault :
       {testing::StoreFault::kUnavailable, testing::StoreFault::kUnknownNotExecuted,
        testing::StoreFault::kUnknownExecuted}) {
    const absl::Time due = In(absl::Milliseconds(2345));
    const int wanted = Desired() + 1;
    const domain::TaskId task = world.AddTask(key, due, wanted);
    world.time.RunUntil(due - absl::Microseconds(1));
    engine->store.Fail(2, fault);  // the look, then the transaction
    world.time.RunFor(absl::Seconds(3));
    EXPECT_THAT(Outcomes(task), ElementsAre(O::kFired));
    EXPECT_EQ(world.Settle(key, wanted), "");
    world.time.RunFor(absl::Milliseconds(170));
  }
}

TEST_F(TaskTest, ManyHintsMakeOneLook) {
  const int before = engine->store.transactions();
  for (int i = 0; i < 100; ++i) engine->plane->TaskChanged(key);
  world.time.RunReady();
  EXPECT_EQ(engine->store.transactions(), before + 1);
}

TEST_F(TaskTest, AFullLaneOnlyDelays) {
  const domain::TaskId task = world.AddTask(key, In(absl::Seconds(2)), 3);
  engine->executor.SetFull(ports::Lane::kEvaluate, true);
  world.time.RunFor(absl::Seconds(10));
  EXPECT_THAT(Outcomes(task), IsEmpty());
  engine->executor.SetFull(ports::Lane::kEvaluate, false);
  world.time.RunFor(absl::Seconds(2));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kFired));
}

TEST_F(TaskTest, OldOccurrencesArePruned) {
  const domain::TaskId task = world.AddTask(key, In(absl::Seconds(2)), 3);
  world.time.RunFor(absl::Hours(2));
  EXPECT_THAT(Outcomes(task), ElementsAre(O::kFired));
  engine->Kill();
  Settings settings = TestSettings();
  settings.keep_occurrences = absl::Hours(1);
  Engine second(world, 2, settings);
  world.time.RunFor(absl::Minutes(61));
  EXPECT_THAT(Outcomes(task), IsEmpty());
}

}  // namespace
}  // namespace accordion::control
