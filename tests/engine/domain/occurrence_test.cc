#include "engine/domain/occurrence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/domain/schedule.h"
#include "tests/engine/domain/facts.h"
#include "tests/engine/domain/zones.h"

namespace accordion::domain {
namespace {

using O = OccurrenceOutcome;

const TaskId kTask(7);
const Readjust kSizes = {.max_size = 5, .min_size = 1, .expect_size = 3};

FiringFacts Facts() {
  FiringFacts facts;
  facts.zone = Shanghai();
  return facts;
}

// Every `minutes` minutes of each hour, due first at kNow (a whole hour).
ScheduledTask EveryMinutes(int minutes) {
  CronRule rule = std::get<CronRule>(ParseCron("0 0-23 * * *"));
  for (int minute = 0; minute < 60; minute += minutes) rule.minutes |= uint64_t{1} << minute;
  ScheduledTask task;
  task.id = kTask;
  task.readjust = kSizes;
  task.rule = rule;
  task.start_time = kNow - absl::Hours(1);
  task.end_time = kNow + absl::Hours(24 * 365);
  task.next_due_at = kNow;
  return task;
}

ScheduledTask OneShotAtNow() {
  ScheduledTask task = EveryMinutes(60);
  task.rule = OneShotRule{};
  task.start_time = kNow;
  task.end_time.reset();
  return task;
}

std::vector<OccurrenceOutcome> Outcomes(const TaskFiring& firing) {
  std::vector<OccurrenceOutcome> outcomes;
  for (const Occurrence& occurrence : firing.occurrences) outcomes.push_back(occurrence.outcome);
  return outcomes;
}

TEST(Occurrence, NothingIsDueBeforeItsInstant) {
  const TaskFiring firing = DecideFiring(EveryMinutes(10), Facts(), kNow - absl::Nanoseconds(1));
  EXPECT_EQ(firing, (TaskFiring{.next_due_at = kNow}));
}

TEST(Occurrence, ADueInstantFiresAndTheNextFollowsFromIt) {
  const TaskFiring firing = DecideFiring(EveryMinutes(10), Facts(), kNow);
  EXPECT_EQ(firing, (TaskFiring{.occurrences = {{kTask, kNow, O::kFired}},
                                .next_due_at = kNow + absl::Minutes(10),
                                .readjust = kSizes}));
}

TEST(Occurrence, ALateTickDoesNotShiftTheNextInstant) {
  const TaskFiring firing = DecideFiring(EveryMinutes(10), Facts(), kNow + absl::Seconds(599));
  EXPECT_EQ(Outcomes(firing), (std::vector<O>{O::kFired}));
  EXPECT_EQ(firing.next_due_at, kNow + absl::Minutes(10));
}

TEST(Occurrence, AOneShotEndsWithItsFiring) {
  const TaskFiring firing = DecideFiring(OneShotAtNow(), Facts(), kNow);
  EXPECT_EQ(Outcomes(firing), (std::vector<O>{O::kFired}));
  EXPECT_EQ(firing.next_due_at, std::nullopt);
}

TEST(Occurrence, ATaskThatEndedIsNeverDue) {
  ScheduledTask task = OneShotAtNow();
  task.next_due_at.reset();
  EXPECT_EQ(DecideFiring(task, Facts(), absl::InfiniteFuture()), TaskFiring{});
}

TEST(Occurrence, TheNewestMissedInstantWithinTheGraceFires) {
  // Due at 0, 4, ..., 20 minutes; the grace reaches back to minute 11.
  const TaskFiring firing = DecideFiring(EveryMinutes(4), Facts(), kNow + absl::Minutes(21));
  EXPECT_EQ(Outcomes(firing), (std::vector<O>{O::kExpired, O::kExpired, O::kExpired, O::kCoalesced,
                                              O::kCoalesced, O::kFired}));
  EXPECT_EQ(firing.occurrences.back().due_at, kNow + absl::Minutes(20));
  EXPECT_EQ(firing.next_due_at, kNow + absl::Minutes(24));
  EXPECT_EQ(firing.readjust, kSizes);
}

TEST(Occurrence, TheGraceIncludesItsEnd) {
  const ScheduledTask task = EveryMinutes(60);
  const absl::Time end = kNow + kDefaultMisfireGrace;
  EXPECT_EQ(Outcomes(DecideFiring(task, Facts(), end)), (std::vector<O>{O::kFired}));
  const TaskFiring late = DecideFiring(task, Facts(), end + absl::Nanoseconds(1));
  EXPECT_EQ(Outcomes(late), (std::vector<O>{O::kExpired}));
  EXPECT_EQ(late.readjust, std::nullopt);
  EXPECT_EQ(late.next_due_at, kNow + absl::Hours(1));
}

TEST(Occurrence, TheGraceIsASetting) {
  FiringFacts facts = Facts();
  facts.misfire_grace = absl::ZeroDuration();
  EXPECT_EQ(Outcomes(DecideFiring(EveryMinutes(60), facts, kNow)), (std::vector<O>{O::kFired}));
  EXPECT_EQ(Outcomes(DecideFiring(EveryMinutes(60), facts, kNow + absl::Seconds(1))),
            (std::vector<O>{O::kExpired}));
}

TEST(Occurrence, ADisabledGroupsInstantsAreRecordedAndGoOn) {
  FiringFacts facts = Facts();
  facts.group_status = GroupStatus::kUnActive;
  const TaskFiring firing = DecideFiring(EveryMinutes(10), facts, kNow + absl::Minutes(20));
  EXPECT_EQ(Outcomes(firing), (std::vector<O>{O::kExpired, O::kDisabled, O::kDisabled}));
  EXPECT_EQ(firing.readjust, std::nullopt);
  EXPECT_EQ(firing.next_due_at, kNow + absl::Minutes(30));
}

TEST(Occurrence, SizesAboveTheQuotaFailAndSayWhy) {
  FiringFacts facts = Facts();
  facts.quotas.max_size = 4;
  const TaskFiring firing = DecideFiring(EveryMinutes(10), facts, kNow + absl::Minutes(10));
  EXPECT_EQ(Outcomes(firing), (std::vector<O>{O::kCoalesced, O::kFailed}));
  EXPECT_EQ(firing.readjust, std::nullopt);
  EXPECT_EQ(firing.fault, (TaskFault{TaskField::kReadjustMaxSize, FaultKind::kAboveQuota, 4}));
  EXPECT_EQ(firing.next_due_at, kNow + absl::Minutes(20));
}

TEST(Occurrence, AnExpiredOrDisabledTurnIsNotCheckedAgainstTheQuota) {
  FiringFacts facts = Facts();
  facts.quotas.max_size = 4;
  EXPECT_EQ(DecideFiring(OneShotAtNow(), facts, kNow + absl::Hours(1)).fault, std::nullopt);
  facts.group_status = GroupStatus::kUnActive;
  EXPECT_EQ(DecideFiring(OneShotAtNow(), facts, kNow).fault, std::nullopt);
}

TEST(Occurrence, ALongDowntimeIsDecidedInBatchesOfWhichTheLastFires) {
  FiringFacts facts = Facts();
  facts.max_occurrences = 3;
  ScheduledTask task = EveryMinutes(4);
  const absl::Time now = kNow + absl::Minutes(25);  // due at 0, 4, ..., 24
  TaskFiring firing = DecideFiring(task, facts, now);
  EXPECT_EQ(Outcomes(firing), (std::vector<O>{O::kExpired, O::kExpired, O::kExpired}));
  EXPECT_EQ(firing.next_due_at, kNow + absl::Minutes(12));
  task.next_due_at = firing.next_due_at;
  firing = DecideFiring(task, facts, now);
  EXPECT_EQ(Outcomes(firing), (std::vector<O>{O::kExpired, O::kCoalesced, O::kCoalesced}));
  EXPECT_EQ(firing.readjust, std::nullopt);
  task.next_due_at = firing.next_due_at;
  firing = DecideFiring(task, facts, now);
  EXPECT_EQ(Outcomes(firing), (std::vector<O>{O::kFired}));
  EXPECT_EQ(firing.next_due_at, kNow + absl::Minutes(28));
}

TEST(Occurrence, OneDecisionIsBounded) {
  const TaskFiring firing = DecideFiring(EveryMinutes(1), Facts(), kNow + absl::Hours(24 * 100));
  EXPECT_EQ(firing.occurrences.size(), static_cast<size_t>(kMaxOccurrencesPerFiring));
  EXPECT_EQ(firing.next_due_at, kNow + absl::Minutes(kMaxOccurrencesPerFiring));
}

TEST(Occurrence, ANewDefinitionIsDueAfterNowOnly) {
  const ScheduledTask task = EveryMinutes(10);
  EXPECT_EQ(FirstDueAt(task, kNow, Shanghai()), kNow + absl::Minutes(10));
  EXPECT_EQ(FirstDueAt(task, kNow - absl::Nanoseconds(1), Shanghai()), kNow);
  EXPECT_EQ(FirstDueAt(task, kNow - absl::Hours(24), Shanghai()), task.start_time);
  EXPECT_EQ(FirstDueAt(OneShotAtNow(), kNow, Shanghai()), std::nullopt);
}

// An engine that is up, down and up again, with a clock that steps: whatever happens, each instant
// of the schedule up to the last decision has exactly one row, and at most the newest of a decision
// fires.
TEST(Occurrence, EveryInstantHasOneRowWhateverTheEngineMisses) {
  ForAll(
      [](Random& random) {
        FiringFacts facts = Facts();
        facts.zone = Berlin();
        facts.max_occurrences = random.Int(1, 20);
        ScheduledTask task = EveryMinutes(random.OneOf({3, 7, 20, 60}));
        task.start_time = Local("2024-03-30 21:10:00", facts.zone) +
                          absl::Hours(24) * random.OneOf({0, 210});  // both changes of clocks
        task.end_time = task.start_time + absl::Hours(12);
        task.next_due_at = FirstDueAt(task, task.start_time, facts.zone);
        std::vector<absl::Time> expected;
        for (auto at = task.next_due_at; at.has_value();
             at = NextOccurrence(task.rule, task.start_time, task.end_time, *at, facts.zone)) {
          expected.push_back(*at);
        }
        std::vector<absl::Time> decided;
        absl::Time now = task.start_time;
        while (task.next_due_at.has_value()) {
          now += absl::Seconds(random.Chance(10) ? random.Int(-7200, 7200) : random.Int(0, 400));
          facts.group_status = random.Chance(10) ? GroupStatus::kUnActive : GroupStatus::kActive;
          const TaskFiring firing = DecideFiring(task, facts, now);
          for (const Occurrence& occurrence : firing.occurrences) {
            decided.push_back(occurrence.due_at);
            ASSERT_LE(occurrence.due_at, now);
            if (occurrence.outcome != O::kFired) continue;
            ASSERT_EQ(occurrence, firing.occurrences.back());
            ASSERT_LE(now - occurrence.due_at, facts.misfire_grace);
            ASSERT_TRUE(!firing.next_due_at.has_value() || *firing.next_due_at > now);
          }
          const auto fired = Outcomes(firing);
          ASSERT_EQ(firing.readjust.has_value(),
                    std::count(fired.begin(), fired.end(), O::kFired) == 1);
          task.next_due_at = firing.next_due_at;
        }
        ASSERT_EQ(decided, expected);
        ASSERT_FALSE(expected.empty());
      },
      300);
}

// ---- the due tasks of one group ----

ScheduledTask OneShot(int64_t id, absl::Time at) {
  ScheduledTask task = OneShotAtNow();
  task.id = TaskId(id);
  task.start_time = at;
  task.next_due_at = at;
  return task;
}

std::vector<int64_t> Turns(const std::vector<DueFiring>& firings) {
  std::vector<int64_t> ids;
  for (const DueFiring& one : firings) ids.push_back(one.task.id.value());
  return ids;
}

TEST(Occurrence, TasksOfAGroupActInTheOrderOfTheInstantsThatFire) {
  ScheduledTask repeating = EveryMinutes(1);  // due since kNow, but fires for kNow + 4 min
  repeating.id = TaskId(1);
  const std::vector<ScheduledTask> tasks = {repeating, OneShot(2, kNow + absl::Minutes(3)),
                                            OneShot(3, kNow + absl::Minutes(5)),
                                            OneShot(4, kNow + absl::Minutes(6))};
  const auto firings = DecideFirings(tasks, Facts(), kNow + absl::Seconds(299));
  EXPECT_EQ(Turns(firings), (std::vector<int64_t>{2, 1}));
  for (const DueFiring& one : firings) EXPECT_EQ(one.firing.readjust, kSizes);
}

TEST(Occurrence, TasksThatAreDueTogetherActInTheOrderOfTheirIds) {
  const auto firings = DecideFirings({OneShot(9, kNow), OneShot(5, kNow)}, Facts(), kNow);
  EXPECT_EQ(Turns(firings), (std::vector<int64_t>{5, 9}));
}

TEST(Occurrence, NoTaskActsBeforeAnotherHasCaughtUp) {
  FiringFacts facts = Facts();
  facts.max_occurrences = 3;
  ScheduledTask repeating = EveryMinutes(1);
  repeating.id = TaskId(1);
  std::vector<ScheduledTask> tasks = {repeating, OneShot(2, kNow + absl::Minutes(2))};
  const absl::Time now = kNow + absl::Minutes(4);

  const auto first = DecideFirings(tasks, facts, now);
  ASSERT_EQ(Turns(first), (std::vector<int64_t>{1}));
  EXPECT_EQ(Outcomes(first[0].firing), std::vector<O>(3, O::kCoalesced));
  tasks[0].next_due_at = first[0].firing.next_due_at;
  EXPECT_EQ(Turns(DecideFirings(tasks, facts, now)), (std::vector<int64_t>{2, 1}));
}

TEST(Occurrence, AGroupWhoseDeletionWasAskedForRestsUntilThatLapses) {
  ScalingGroup group;
  EXPECT_EQ(StatusForTasks(group, kNow), GroupStatus::kActive);
  group.delete_requested_at = kNow;
  EXPECT_EQ(StatusForTasks(group, kNow), GroupStatus::kUnActive);
  EXPECT_EQ(StatusForTasks(group, kNow + kDeleteIntentLifetime), GroupStatus::kActive);
  group.desired_capacity = 1;
  EXPECT_EQ(StatusForTasks(group, kNow), GroupStatus::kActive);
  group.status = GroupStatus::kUnActive;
  EXPECT_EQ(StatusForTasks(group, kNow), GroupStatus::kUnActive);
}

TEST(Occurrence, EachOutcomeHasAWordOfItsOwn) {
  std::set<std::string> words;
  for (const O outcome : {O::kFired, O::kFailed, O::kCoalesced, O::kExpired, O::kDisabled}) {
    words.insert(OutcomeName(outcome));
  }
  EXPECT_EQ(words, (std::set<std::string>{"fired", "failed", "coalesced", "expired", "disabled"}));
}

}  // namespace
}  // namespace accordion::domain
