#include "engine/domain/occurrence.h"

#include <cstddef>

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

}  // namespace

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

std::optional<absl::Time> FirstDueAt(const ScheduledTask& task, absl::Time now,
                                     const absl::TimeZone& zone) {
  return NextOccurrence(task.rule, task.start_time, task.end_time, now, zone);
}

}  // namespace accordion::domain
