#include "engine/control/task_scheduler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "engine/activity/cause.h"

namespace accordion::control {
namespace {

constexpr int kGroupBatch = 500;  // groups a look; it looks again when they are done
constexpr int kPruneBatch = 1000;
constexpr absl::Duration kPruneInterval = absl::Hours(1);
// The database's clock and ours may differ by a little, and a look that is too early finds nothing.
constexpr absl::Duration kShortestSleep = absl::Milliseconds(1);

bool Contains(const std::vector<absl::Time>& times, absl::Time time) {
  return std::find(times.begin(), times.end(), time) != times.end();
}

}  // namespace

TaskScheduler::TaskScheduler(const Parts& parts, const Settings& settings)
    : parts_(parts),
      settings_(settings),
      lookout_(parts.executor, parts.clock, ports::Lane::kEvaluate, [this] { Look(); }) {}

void TaskScheduler::Start() {
  lookout_.Start(settings_.due_poll);
  lookout_.Every(kPruneInterval, [this] { Prune(); });
}

void TaskScheduler::Look() {
  const std::vector<int> shards = parts_.leases.Shards();
  if (shards.empty()) return;
  absl::Time now;
  std::vector<ports::DueGroupTasks> due;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    now = tx.Now();
    ASSIGN_OR_RETURN(due, tx.tasks().Due(shards, now + settings_.due_poll, kGroupBatch));
    return absl::OkStatus();
  });
  if (!read.ok()) {
    parts_.telemetry.StoreRetry("tasks");
    return;
  }
  // In order of time: after the first that is still to come nothing is due.
  for (const ports::DueGroupTasks& one : due) {
    if (one.due_at > now) {
      lookout_.WakeAt(parts_.clock.Now() + std::max(one.due_at - now, kShortestSleep));
      return;
    }
    Begin(one.group);
  }
}

void TaskScheduler::Begin(const ports::GroupKey& group) {
  {
    absl::MutexLock lock(&mutex_);
    if (!firing_.insert(group).second) return;
  }
  // A transaction that waits for a lock must not hold up the other groups.
  if (parts_.executor.Submit(ports::Lane::kEvaluate, [this, group] { Fire(group); })) return;
  absl::MutexLock lock(&mutex_);
  firing_.erase(group);
}

void TaskScheduler::Fire(const ports::GroupKey& group) {
  std::vector<Fired> fired;
  absl::Status status;
  const std::optional<ports::Fence> fence = parts_.leases.FenceFor(group.group_id);
  if (fence.has_value() && !lookout_.stopped()) {
    status = parts_.store.Transact(*fence, [&](ports::Tx& tx) {
      fired.clear();
      return FireInTx(tx, group, fired);
    });
  }
  bool batch_is_done = false;
  {
    absl::MutexLock lock(&mutex_);
    firing_.erase(group);
    batch_is_done = firing_.empty();
  }
  if (absl::IsNotFound(status)) return;  // the group is gone
  if (!status.ok()) {
    // Also after a commit in doubt: an instant that was decided is no longer due.
    parts_.telemetry.StoreRetry("tasks");
    base::LogWarning(
        "scheduled tasks did not fire; trying again",
        {{"group", absl::StrCat(group.group_id.value())}, {"error", status.ToString()}});
    lookout_.WakeAt(parts_.clock.Now() + settings_.store_retry);
    return;
  }
  Tell(group, fired);
  if (batch_is_done && !fired.empty()) lookout_.Wake();
}

absl::Status TaskScheduler::FireInTx(ports::Tx& tx, const ports::GroupKey& key,
                                     std::vector<Fired>& fired) {
  ASSIGN_OR_RETURN(domain::ScalingGroup group, tx.groups().Lock(key));
  ASSIGN_OR_RETURN(const std::vector<domain::ScheduledTask> tasks,
                   tx.tasks().LockDue(key, tx.Now()));
  ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(key.account_id));
  const domain::FiringFacts facts{.group_status = domain::StatusForTasks(group, tx.Now()),
                                  .quotas = quotas,
                                  .zone = settings_.time_zone,
                                  .misfire_grace = settings_.misfire_grace};
  for (const domain::DueFiring& due : domain::DecideFirings(tasks, facts, tx.Now())) {
    RETURN_IF_ERROR(Apply(tx, due, group, fired.emplace_back()));
  }
  return absl::OkStatus();
}

absl::Status TaskScheduler::Apply(ports::Tx& tx, const domain::DueFiring& due,
                                  domain::ScalingGroup& group, Fired& fired) {
  const ports::GroupKey key{group.account_id, group.id};
  const int before = group.desired_capacity;
  std::vector<ports::TaskOccurrence> rows;
  for (const domain::Occurrence& occurrence : due.firing.occurrences) {
    ports::TaskOccurrence& row = rows.emplace_back(ports::TaskOccurrence{.occurrence = occurrence,
                                                                         .decided_at = tx.Now(),
                                                                         .desired_before = before,
                                                                         .desired_after = before});
    if (occurrence.outcome == domain::OccurrenceOutcome::kFired) {
      row.desired_after = due.task.readjust.expect_size;
    }
    if (occurrence.outcome == domain::OccurrenceOutcome::kFailed) {
      row.words = activity::TaskFaultText(settings_.language, due.task.readjust, *due.firing.fault);
    }
  }
  ASSIGN_OR_RETURN(const std::vector<absl::Time> added, tx.tasks().AddOccurrences(key, rows));
  const absl::Time newest = rows.back().occurrence.due_at;
  std::erase_if(rows, [&](const ports::TaskOccurrence& row) {
    return !Contains(added, row.occurrence.due_at);
  });
  fired = {.task = due.task, .occurrences = std::move(rows)};
  domain::ScheduledTask task = due.task;
  task.next_due_at = due.firing.next_due_at;
  RETURN_IF_ERROR(tx.tasks().Update(task));
  // An instant that has a row already has acted: a clock that stepped back, then an edit, bring one
  // back.
  if (!due.firing.readjust.has_value() || !Contains(added, newest)) return absl::OkStatus();

  const domain::Readjust& sizes = *due.firing.readjust;
  group.min_size = sizes.min_size;
  group.max_size = sizes.max_size;
  group.desired_capacity = sizes.expect_size;
  if (sizes.expect_size != before) {
    group.desired_cause = {
        .kind = domain::TriggerKind::kTask,
        .text = activity::TaskCause(settings_.language, task, newest, before, settings_.time_zone)};
    group.container_subnet_ids.clear();  // the restriction was for another change
  }
  return tx.groups().Update(group);
}

void TaskScheduler::Tell(const ports::GroupKey& group, const std::vector<Fired>& fired) {
  bool acted = false;
  for (const Fired& one : fired) {
    for (const ports::TaskOccurrence& row : one.occurrences) {
      const domain::OccurrenceOutcome outcome = row.occurrence.outcome;
      acted = acted || outcome == domain::OccurrenceOutcome::kFired;
      parts_.telemetry.TaskDecided(outcome, row.decided_at - row.occurrence.due_at);
      base::LogInfo("scheduled task was due",
                    {{"group", absl::StrCat(group.group_id.value())},
                     {"task", absl::StrCat(one.task.id.value())},
                     {"due_at", absl::FormatTime(row.occurrence.due_at, absl::UTCTimeZone())},
                     {"outcome", domain::OutcomeName(outcome)},
                     {"desired_before", absl::StrCat(row.desired_before)},
                     {"desired_after", absl::StrCat(row.desired_after)}});
    }
  }
  if (!acted) return;
  parts_.waker.Wake(group);
  parts_.waker.DefinitionChanged(group);
}

void TaskScheduler::Prune() {
  int pruned = 0;
  const absl::Status done = parts_.store.Transact([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(
        pruned, tx.tasks().PruneOccurrences(tx.Now() - settings_.keep_occurrences, kPruneBatch));
    return absl::OkStatus();
  });
  if (!done.ok()) parts_.telemetry.StoreRetry("tasks");
  if (pruned == kPruneBatch) parts_.executor.Submit(ports::Lane::kEvaluate, [this] { Prune(); });
}

}  // namespace accordion::control
