// An engine that dies at each boundary around due instants: every instant has one effect.
#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using domain::OccurrenceOutcome;

constexpr int kLast = 2;  // what the task that is due last asks for

// Three one-shots and a cron task within a few seconds; a death at boundary `die_at` (0: none).
// Returns the boundaries passed.
int Play(int die_at) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  Engine first(world, 1);
  EXPECT_EQ(world.Settle(key, 1), "");
  // To three seconds before a full minute.
  const absl::Time minute = absl::FromUnixSeconds(
      absl::ToUnixSeconds(world.time.Now() + absl::Minutes(1)) / 60 * 60 + 60);
  world.time.RunUntil(minute - absl::Seconds(3));
  std::vector<domain::TaskId> one_shots;
  one_shots.push_back(world.AddTask(key, minute - absl::Milliseconds(1500), 3));
  one_shots.push_back(world.AddTask(key, minute + absl::Milliseconds(1200), 4));
  one_shots.push_back(world.AddTask(key, minute + absl::Milliseconds(2500), kLast));
  const domain::TaskId cron = world.AddTask(key, minute, 1, "0-59 0-23 * * *");

  const int start = first.lifeline.passed();
  if (die_at > 0) first.lifeline.DieAt(start + die_at);
  std::unique_ptr<Engine> second;
  for (int tick = 0; tick < 80; ++tick) {  // up to seven seconds before the next minute
    world.time.RunFor(absl::Milliseconds(700));
    if (first.lifeline.dead() && second == nullptr) second = std::make_unique<Engine>(world, 2);
  }
  const int boundaries = first.lifeline.passed() - start;
  EXPECT_EQ(first.lifeline.dead(), die_at > 0) << "it never came to the boundary";
  for (const domain::TaskId& task : one_shots) {
    const auto rows = world.Occurrences(key, task);
    EXPECT_EQ(rows.size(), 1u);
    for (const auto& row : rows) EXPECT_EQ(row.occurrence.outcome, OccurrenceOutcome::kFired);
  }
  const auto minutes = world.Occurrences(key, cron);
  EXPECT_EQ(minutes.size(), 1u);
  for (const auto& row : minutes) {
    EXPECT_EQ(row.occurrence.due_at, minute);
    EXPECT_EQ(row.occurrence.outcome, OccurrenceOutcome::kFired);
  }
  EXPECT_EQ(world.Group(key).desired_capacity, kLast) << "died " << first.lifeline.died_at();

  // Nothing fires late over what a user sets now.
  EXPECT_TRUE(
      world.store.Transact([&](ports::Tx& tx) { return tx.tasks().Delete(key, cron); }).ok());
  world.SetDesired(key, 5);
  EXPECT_EQ(world.Settle(key, 5), "") << "died " << first.lifeline.died_at();
  world.time.RunFor(absl::Minutes(2));
  EXPECT_EQ(world.Unrest(key, 5), "") << "died " << first.lifeline.died_at();
  EXPECT_EQ(world.Misdeeds(), "") << "died " << first.lifeline.died_at();
  return boundaries;
}

TEST(TaskCrash, AtEachBoundaryAroundDueInstantsEachFiresOnce) {
  const int boundaries = std::min(Play(0), 150);  // the later ones are of a group at rest
  ASSERT_GT(boundaries, 40);
  for (int die_at = 1; die_at <= boundaries && !::testing::Test::HasFailure(); ++die_at) {
    SCOPED_TRACE(absl::StrCat("boundary ", die_at, " of ", boundaries));
    Play(die_at);
  }
  ::testing::Test::RecordProperty("boundaries", boundaries);
}

}  // namespace
}  // namespace accordion::control
