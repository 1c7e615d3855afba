#include "engine/domain/occurrence.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/domain/group_diff.h"
#include "engine/domain/schedule.h"

namespace accordion::domain {
namespace {

bool IsDue(const std::optional<absl::Time>& due_at, absl::Time now) {
  return due_at.has_value() && *due_at <= now;
}

// The outcome of an instant that isn't the newest due one, or of a group that is disabled.
OccurrenceOutcome OutcomeOfMissed(absl::Time due_at, const FiringFacts& facts, absl::Time now) {
  if (now - due_at > facts.misfire_grace) return OccurrenceOutcome::kExpired;
  if (facts.group_status != GroupStatus::kActive) return OccurrenceOutcome::kDisabled;
  return OccurrenceOutcome::kCoalesced;
}

std::pair<absl::Time, TaskId> TurnOf(const DueFiring& due) {
  return {due.firing.occurrences.back().due_at, due.task.id};
}

}  // namespace

const char* OutcomeName(OccurrenceOutcome outcome) {
  switch (outcome) {
    case OccurrenceOutcome::kFired:
      return "fired";
    case OccurrenceOutcome::kFailed:
      return "failed";
    case OccurrenceOutcome::kCoalesced:
      return "coalesced";
    case OccurrenceOutcome::kExpired:
      return "expired";
    case OccurrenceOutcome::kDisabled:
      break;
  }
  return "disabled";
}

TaskFiring DecideFiring(const ScheduledTask& task, const FiringFacts& facts, absl::Time now) {
  TaskFiring firing;
  firing.next_due_at = task.next_due_at;
  const size_t limit = static_cast<size_t>(facts.max_occurrences);
  while (IsDue(firing.next_due_at, now) && firing.occurrences.size() < limit) {
    const absl::Time due_at = *firing.next_due_at;
    const OccurrenceOutcome outcome = OutcomeOfMissed(due_at, facts, now);
    firing.occurrences.push_back({.task_id = task.id, .due_at = due_at, .outcome = outcome});
    firing.next_due_at =
        NextOccurrence(task.rule, task.start_time, task.end_time, due_at, facts.zone);
  }
  const bool newest_is_known = !IsDue(firing.next_due_at, now);
  if (firing.occurrences.empty() || !newest_is_known) return firing;
  Occurrence& newest = firing.occurrences.back();
  if (newest.outcome != OccurrenceOutcome::kCoalesced)
    return firing;  // nothing newer is in its stead
  firing.fault = CheckReadjust(task.readjust, facts.quotas);
  if (firing.fault.has_value()) {
    newest.outcome = OccurrenceOutcome::kFailed;
  } else {
    newest.outcome = OccurrenceOutcome::kFired;
    firing.readjust = task.readjust;
  }
  return firing;
}

std::vector<DueFiring> DecideFirings(absl::Span<const ScheduledTask> tasks,
                                     const FiringFacts& facts, absl::Time now) {
  std::vector<DueFiring> firings;
  bool more_due = false;
  for (const ScheduledTask& task : tasks) {
    TaskFiring firing = DecideFiring(task, facts, now);
    if (firing.occurrences.empty()) continue;
    more_due = more_due || IsDue(firing.next_due_at, now);
    firings.push_back({task, std::move(firing)});
  }
  if (more_due) {
    std::erase_if(firings,
                  [&](const DueFiring& one) { return !IsDue(one.firing.next_due_at, now); });
  }
  std::sort(firings.begin(), firings.end(),
            [](const DueFiring& a, const DueFiring& b) { return TurnOf(a) < TurnOf(b); });
  return firings;
}

GroupStatus StatusForTasks(const ScalingGroup& group, absl::Time now) {
  return IsDeletionAsked(group, now) ? GroupStatus::kUnActive : group.status;
}

std::optional<absl::Time> FirstDueAt(const ScheduledTask& task, absl::Time now,
                                     const absl::TimeZone& zone) {
  return NextOccurrence(task.rule, task.start_time, task.end_time, now, zone);
}

}  // namespace accordion::domain
