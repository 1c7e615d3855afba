// Scheduled tasks and their occurrences.
#include "tests/contract/task_contract.h"

#include "tests/contract/race.h"

namespace accordion::testing {

using domain::OccurrenceOutcome;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;

TEST_P(TaskContract, ATaskIsReadAsWritten) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScheduledTask task = AddTask(group, kLongAgo + absl::Hours(1));
  EXPECT_THAT(Find(task), IsOkAndHolds(task));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.tasks().Lock(KeyOf(group), task.id); }),
              IsOkAndHolds(task));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.tasks().Insert(task); }),
              StatusIs(absl::StatusCode::kAlreadyExists));
  domain::ScheduledTask orphan = task;
  orphan.id = domain::TaskId(NewId());
  orphan.account_id = foreign;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.tasks().Insert(orphan); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(TaskContract, AnEditReplacesTheDefinitionAndRaisesTheVersion) {
  const domain::ScalingGroup group = AddGroup();
  domain::ScheduledTask task = AddTask(group, kLongAgo);
  task.name = "edited";
  task.readjust = {.max_size = 2, .min_size = 0, .expect_size = 0};
  task.start_time += absl::Seconds(1);
  task.end_time.reset();
  task.recurrence = {};
  task.rule = domain::OneShotRule{};
  task.next_due_at.reset();
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.tasks().Update(task); }));
  task.version += 1;
  EXPECT_THAT(Find(task), IsOkAndHolds(task));
  EXPECT_THAT(Due(absl::InfiniteFuture()), IsEmpty());
  task.readjust.expect_size = 3;
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.tasks().Update(task); }),
              StatusIs(absl::StatusCode::kInternal));
}

TEST_P(TaskContract, ATaskOfAnotherGroupOrAccountIsNotFound) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScheduledTask task = AddTask(group, kLongAgo);
  const auto not_found = StatusIs(absl::StatusCode::kNotFound);
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.tasks().Find(foreign, task.id); }), not_found);
  for (const ports::GroupKey& key : {KeyOf(AddGroup()), ForeignKeyOf(group)}) {
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.tasks().Lock(key, task.id); }), not_found);
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.tasks().Delete(key, task.id); }), not_found);
    domain::ScheduledTask stolen = task;
    stolen.account_id = key.account_id;
    stolen.group_id = key.group_id;
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.tasks().Update(stolen); }), not_found);
    EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.tasks().Count(key); }), IsOkAndHolds(0));
    EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.tasks().List(key, {}, {}); })->total, 0);
    EXPECT_EQ(Read([&](ports::Tx& tx) { return tx.tasks().Occurrences(key, task.id, {}); })->total,
              0);
    EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.tasks().LockDue(key, kLongAgo); }),
                IsOkAndHolds(IsEmpty()));
    EXPECT_THAT(Add(key, {Occurrence(task, kLongAgo)}),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  }
}

TEST_P(TaskContract, TasksAreListedWithTheirLastOccurrence) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScheduledTask one = AddTask(group, kLongAgo, "one");
  const domain::ScheduledTask two = AddTask(group, kLongAgo, "two");
  const ports::TaskOccurrence newer = Occurrence(two, kLongAgo + absl::Hours(2));
  ASSERT_OK(Add(KeyOf(group), {Occurrence(two, kLongAgo + absl::Hours(1)), newer}));
  const auto list = [&](const ports::TaskFilter& filter, const ports::Page& page) {
    const auto listing =
        Read([&](ports::Tx& tx) { return tx.tasks().List(KeyOf(group), filter, page); });
    EXPECT_OK(listing);
    std::vector<domain::ScheduledTask> tasks;
    for (const ports::ListedTask& row : listing->rows) {
      tasks.push_back(row.task);
      EXPECT_EQ(row.last, row.task.id == two.id ? std::optional(newer) : std::nullopt);
    }
    return std::pair(tasks, listing->total);
  };
  using Rows = std::vector<domain::ScheduledTask>;
  EXPECT_EQ(list({}, {}), std::pair(Rows({one, two}), 2));
  EXPECT_EQ(list({}, {.offset = 1, .limit = 1}), std::pair(Rows({two}), 2));
  EXPECT_EQ(list({.ids = {one.id}}, {}), std::pair(Rows({one}), 1));
  EXPECT_EQ(list({.name_contains = "w"}, {}), std::pair(Rows({two}), 1));
  EXPECT_THAT(Read([&](ports::Tx& tx) { return tx.tasks().Count(KeyOf(group)); }), IsOkAndHolds(2));
}

TEST_P(TaskContract, GroupsWithDueTasksComeInTheOrderOfTheirEarliestInstant) {
  const domain::ScalingGroup late = AddGroup();
  const domain::ScalingGroup early = AddGroup();
  AddTask(late, kLongAgo + absl::Seconds(2));
  AddTask(early, kLongAgo + absl::Seconds(3));
  AddTask(early, kLongAgo + absl::Seconds(1));
  EXPECT_THAT(Due(kLongAgo), IsEmpty());
  EXPECT_THAT(Due(kLongAgo + absl::Seconds(1)), ElementsAre(early.id));
  EXPECT_THAT(Due(kLongAgo + absl::Seconds(3)), ElementsAre(early.id, late.id));
  EXPECT_THAT(Due(kLongAgo + absl::Seconds(3), 1), ElementsAre(early.id));
  const auto rows = Read([&](ports::Tx& tx) {
    return tx.tasks().Due({ports::ShardOf(late.id)}, kLongAgo + absl::Hours(1), 10);
  });
  ASSERT_OK(rows);
  EXPECT_EQ(rows->front().due_at, ports::ShardOf(late.id) == ports::ShardOf(early.id)
                                      ? kLongAgo + absl::Seconds(1)
                                      : kLongAgo + absl::Seconds(2));
  EXPECT_THAT(Read([](ports::Tx& tx) { return tx.tasks().Due({}, absl::InfiniteFuture(), 10); }),
              IsOkAndHolds(IsEmpty()));
}

TEST_P(TaskContract, TheDueTasksOfAGroupAreLockedInOrderOfTheirIds) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScheduledTask one = AddTask(group, kLongAgo + absl::Seconds(2));
  const domain::ScheduledTask two = AddTask(group, kLongAgo + absl::Seconds(1));
  AddTask(group, kLongAgo + absl::Seconds(3));
  EXPECT_THAT(Write([&](ports::Tx& tx) {
                return tx.tasks().LockDue(KeyOf(group), kLongAgo + absl::Seconds(2));
              }),
              IsOkAndHolds(ElementsAre(one, two)));
}

TEST_P(TaskContract, AnInstantHasOneOccurrence) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScheduledTask task = AddTask(group, kLongAgo);
  const domain::ScheduledTask other = AddTask(group, kLongAgo);
  const absl::Time next = kLongAgo + absl::Microseconds(1);
  EXPECT_THAT(Add(KeyOf(group), {Occurrence(task, kLongAgo, OccurrenceOutcome::kExpired)}),
              IsOkAndHolds(ElementsAre(kLongAgo)));
  EXPECT_THAT(Add(KeyOf(group), {Occurrence(task, kLongAgo), Occurrence(task, next)}),
              IsOkAndHolds(ElementsAre(next)));
  EXPECT_THAT(Add(KeyOf(group), {Occurrence(task, next)}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Add(KeyOf(group), {}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Add(KeyOf(group), {Occurrence(other, kLongAgo)}),
              IsOkAndHolds(ElementsAre(kLongAgo)));
  EXPECT_THAT(
      Occurrences(group, task),
      ElementsAre(Occurrence(task, next), Occurrence(task, kLongAgo, OccurrenceOutcome::kExpired)));
  EXPECT_EQ(Read([&](ports::Tx& tx) {
              return tx.tasks().Occurrences(KeyOf(group), task.id, {.offset = 1, .limit = 5});
            })->total,
            2);
}

TEST_P(TaskContract, OccurrencesGoWithTheirTaskAndTasksWithTheirGroup) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScheduledTask kept = AddTask(group, kLongAgo);
  const domain::ScheduledTask gone = AddTask(group, kLongAgo);
  for (const auto& task : {kept, gone}) ASSERT_OK(Add(KeyOf(group), {Occurrence(task, kLongAgo)}));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.tasks().Delete(KeyOf(group), gone.id); }));
  EXPECT_THAT(Find(gone), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Occurrences(group, gone), IsEmpty());
  EXPECT_EQ(Occurrences(group, kept).size(), 1U);
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.groups().Delete(KeyOf(group)); }));
  EXPECT_THAT(Find(kept), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Due(absl::InfiniteFuture()), IsEmpty());
  EXPECT_THAT(
      Write([](ports::Tx& tx) { return tx.tasks().PruneOccurrences(absl::InfiniteFuture(), 10); }),
      IsOkAndHolds(0));
}

TEST_P(TaskContract, TheOldestOccurrencesArePrunedFirst) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScheduledTask task = AddTask(group, kLongAgo);
  std::vector<ports::TaskOccurrence> rows;
  for (int i = 0; i < 4; ++i) rows.push_back(Occurrence(task, kLongAgo + absl::Seconds(i)));
  ASSERT_OK(Add(KeyOf(group), rows));
  const auto prune = [&](absl::Time before, int limit) {
    return Write([&](ports::Tx& tx) { return tx.tasks().PruneOccurrences(before, limit); });
  };
  EXPECT_THAT(prune(rows[2].decided_at, 1), IsOkAndHolds(1));
  EXPECT_THAT(Occurrences(group, task), ElementsAre(rows[3], rows[2], rows[1]));
  EXPECT_THAT(prune(rows[2].decided_at, 10), IsOkAndHolds(1));
  EXPECT_THAT(prune(rows[2].decided_at, 10), IsOkAndHolds(0));
  EXPECT_THAT(Occurrences(group, task), ElementsAre(rows[3], rows[2]));
}

// ---- two sessions at once ----

TEST_P(TaskContract, TwoEnginesFireAnInstantOnce) {
  const domain::ScalingGroup group = AddGroup();
  constexpr int kInstants = 100;
  int first = 0;
  int second = 0;
  const auto due = [](int round) { return kLongAgo + absl::Seconds(round); };
  domain::ScheduledTask task = AddTask(group, due(0));
  Race(
      kInstants, [&](int round) { ASSERT_OK(Fire(group, due(round), first)); },
      [&](int round) { ASSERT_OK(Fire(group, due(round), second)); },
      [&](int round) {
        ASSERT_EQ(first + second, 1);
        const auto fired = Find(task);
        ASSERT_OK(fired);
        task = *fired;
        ASSERT_THAT(task.next_due_at, Eq(std::nullopt));
        task.next_due_at = due(round + 1);
        ASSERT_OK(Write([&](ports::Tx& tx) { return tx.tasks().Update(task); }));
      });
  EXPECT_EQ(Occurrences(group, task).size(), static_cast<size_t>(kInstants));
}

TEST_P(TaskContract, TheKeyAloneLetsOneOfTwoWritersThrough) {
  const domain::ScalingGroup group = AddGroup();
  const domain::ScheduledTask task = AddTask(group, kLongAgo);
  absl::StatusOr<std::vector<absl::Time>> first;
  absl::StatusOr<std::vector<absl::Time>> second;
  const auto add = [&](int round) {
    return Add(KeyOf(group), {Occurrence(task, kLongAgo + absl::Seconds(round))});
  };
  Race(
      100, [&](int round) { first = add(round); }, [&](int round) { second = add(round); },
      [&](int) {
        ASSERT_OK(first);
        ASSERT_OK(second);
        ASSERT_EQ(first->size() + second->size(), 1U);
      });
}

TEST_P(TaskContract, AnEditWhileATaskFiresComesBeforeOrAfterIt) {
  const domain::ScalingGroup group = AddGroup();
  constexpr int kRounds = 100;
  std::vector<domain::ScheduledTask> tasks;
  for (int round = 0; round < kRounds; ++round) {
    tasks.push_back(AddTask(group, kLongAgo + absl::Seconds(2 * round)));
  }
  const absl::Time later = kLongAgo + absl::Hours(1);
  int fired = 0;
  int total = 0;
  Race(
      kRounds,
      [&](int round) { ASSERT_OK(Fire(group, kLongAgo + absl::Seconds(2 * round + 1), fired)); },
      [&](int round) {
        const domain::TaskId& id = tasks[static_cast<size_t>(round)].id;
        ASSERT_OK(Write([&](ports::Tx& tx) -> absl::Status {
          RETURN_IF_ERROR(tx.groups().Lock(KeyOf(group)).status());
          ASSIGN_OR_RETURN(domain::ScheduledTask task, tx.tasks().Lock(KeyOf(group), id));
          task.name = "edited";
          task.next_due_at = later;
          return tx.tasks().Update(task);
        }));
      },
      [&](int round) {
        const domain::ScheduledTask& before = tasks[static_cast<size_t>(round)];
        const auto after = Find(before);
        ASSERT_OK(after);
        total += fired;
        // Neither write is lost: the edit stands, and the firing, if it came first, is in the
        // version.
        ASSERT_EQ(after->name, "edited");
        ASSERT_EQ(after->next_due_at, later);
        ASSERT_EQ(after->version, before.version + 1 + fired);
        ASSERT_EQ(Occurrences(group, before).size(), static_cast<size_t>(fired));
      });
  RecordProperty("fired_before_the_edit", total);
}

}  // namespace accordion::testing
