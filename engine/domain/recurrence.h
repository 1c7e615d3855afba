// Recurrence: the rule by which a scheduled task repeats, from its three texts (semantics.md §6).
//
// A rule alone says which local days and times match; where it begins and ends, the time of day of
// the cycles, and daylight saving are schedule.h's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/domain/cron.h"

namespace accordion::domain {

// StartTime only.
struct OneShotRule {
  friend bool operator==(const OneShotRule&, const OneShotRule&) = default;
};

// Every `days` local days from StartTime, which is the first.
struct DayCycleRule {
  int days = 1;  // 1..kMaxDayCycle

  friend bool operator==(const DayCycleRule&, const DayCycleRule&) = default;
};

struct WeekCycleRule {
  uint8_t weekdays = 0;  // bits 1 (Monday) to 7 (Sunday)

  friend bool operator==(const WeekCycleRule&, const WeekCycleRule&) = default;
};

// The days `first` to `last` of each month, as far as the month has them.
struct MonthCycleRule {
  int first = 1;
  int last = 1;  // 1..31, both inclusive

  friend bool operator==(const MonthCycleRule&, const MonthCycleRule&) = default;
};

using Rule = std::variant<OneShotRule, CronRule, DayCycleRule, WeekCycleRule, MonthCycleRule>;

enum class RepeatUnit { kDay, kWeek, kMonth };

// "Day", "Week" or "Month", spelt so.
std::optional<RepeatUnit> ParseRepeatUnit(absl::string_view text);

// The numbers of `["2","5"]`, `[2, 5]` or `2,5`; commas may be full-width. nullopt if it is none of
// these, or longer than kMaxRepeatCycleBytes.
std::optional<std::vector<int>> ParseRepeatCycle(absl::string_view text);

// nullopt if `cycle` is no cycle of `unit`: one number 1..kMaxDayCycle; weekdays 1..7 (a repeated
// one counts once); one or two days 1..31, in order.
std::optional<Rule> MakeRepeatRule(RepeatUnit unit, absl::Span<const int> cycle);

// The texts as a client gives them; empty is absent. Stored with the task and echoed.
struct RecurrenceText {
  std::string recurrence;
  std::string repeat_unit;
  std::string repeat_cycle;

  friend bool operator==(const RecurrenceText&, const RecurrenceText&) = default;
};

enum class RecurrenceField { kRecurrence, kRepeatUnit, kRepeatCycle };

struct RecurrenceFault {
  RecurrenceField field = RecurrenceField::kRecurrence;
  bool missing = false;                 // the other half of a repetition is given, this isn't
  std::optional<CronField> cron_field;  // for kRecurrence: where in it

  friend bool operator==(const RecurrenceFault&, const RecurrenceFault&) = default;
};

// The rule of the texts; all absent is a one-shot. Where both forms are given `recurrence` decides,
// but the other is checked too, since it is stored and answered. The first fault in the reference's
// order of parameters.
std::variant<Rule, RecurrenceFault> ParseRule(const RecurrenceText& text);

}  // namespace accordion::domain
