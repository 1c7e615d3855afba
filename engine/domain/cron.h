// Cron: the five crontab fields of a scheduled task's `Recurrence`, parsed (semantics.md §6).
//
// `minute hour day-of-month month day-of-week`, separated by blanks. A field is a list of numbers,
// ranges `a-b`, stepped ranges `a-b/n` and stars `*`, `*/n`; months and weekdays have English names
// of three letters in any case. 0 and 7 are Sunday. The minute and the hour must not hold a star:
// the reference forbids tasks that fire every minute by a slip. No `?`, `L`, `W`, `#`, `@daily`,
// and no `a/n`, which crontabs read in two ways.
#pragma once

#include <cstdint>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace accordion::domain {

// A set bit is a value that matches. Weekdays are 1 (Monday) to 7 (Sunday), as in `RepeatCycle`.
struct CronRule {
  uint64_t minutes = 0;  // bits 0..59
  uint32_t hours = 0;    // bits 0..23
  uint32_t days = 0;     // bits 1..31
  uint16_t months = 0;   // bits 1..12
  uint8_t weekdays = 0;  // bits 1..7
  // Both day fields are restricted, so either suffices; otherwise both must match. As in Vixie's
  // cron, a field that begins with a star is not restricted, not even by a step.
  bool either_day = false;

  friend bool operator==(const CronRule&, const CronRule&) = default;
};

// Which field doesn't parse. kWhole: not five fields, or too long. A rule that no calendar ever
// matches (30 February) is a fault of its kDayOfMonth.
enum class CronField { kWhole, kMinute, kHour, kDayOfMonth, kMonth, kDayOfWeek };

// The first fault in the order of the fields. Never throws; reads at most kMaxRecurrenceBytes.
std::variant<CronRule, CronField> ParseCron(absl::string_view text);

// The number of a weekday as in RepeatCycle: 1 (Monday) to 7 (Sunday).
int WeekdayNumber(absl::CivilDay day);

// Whether the rule fires on `day` at all, by its month and day fields.
bool MatchesDay(const CronRule& rule, absl::CivilDay day);

}  // namespace accordion::domain
