// A scheduled task: sets min size, max size and desired capacity of its group at one instant or on
// a recurrence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "engine/domain/recurrence.h"
#include "engine/domain/types.h"

namespace accordion::domain {

// What the group's sizes become when the task fires.
struct Readjust {
  int max_size = 0;
  int min_size = 0;
  int expect_size = 0;  // of desired capacity

  friend bool operator==(const Readjust&, const Readjust&) = default;
};

struct ScheduledTask {
  TaskId id;
  GroupId group_id;
  AccountId account_id;
  std::string name;
  Readjust readjust;
  absl::Time start_time;
  std::optional<absl::Time> end_time;  // of repeating tasks only
  RecurrenceText recurrence;           // as given
  Rule rule;                           // what `recurrence` says
  // The earliest instant without an Occurrence; nullopt: the task has ended. Written by a create,
  // an edit and a firing only (occurrence.h), and between edits never moves back.
  std::optional<absl::Time> next_due_at;
  absl::Time create_time;
  int64_t version = 0;  // grows with each write of the row

  friend bool operator==(const ScheduledTask&, const ScheduledTask&) = default;
};

}  // namespace accordion::domain
