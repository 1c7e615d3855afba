#include "engine/domain/recurrence.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/domain/limits.h"

namespace accordion::domain {
namespace {

constexpr int kMaxWeekday = 7;
constexpr int kMaxMonthDay = 31;
constexpr size_t kMaxDigits = 3;
constexpr absl::string_view kFullWidthComma = "\xef\xbc\x8c";  // U+FF0C in UTF-8

// Removes `open` and `close` around `text`; false if only one of them is there.
bool StripPair(absl::string_view open, absl::string_view close, absl::string_view* text) {
  const bool opened = absl::ConsumePrefix(text, open);
  return absl::ConsumeSuffix(text, close) == opened;
}

std::optional<int> ParseElement(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (!StripPair("\"", "\"", &text)) return std::nullopt;
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  for (char c : text) {  // SimpleAtoi takes signs and blanks too
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
  }
  int value = 0;
  if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
  return value;
}

bool AllWithin(absl::Span<const int> values, int high) {
  for (int value : values) {
    if (value < 1 || value > high) return false;
  }
  return !values.empty();
}

// The rule of RepeatUnit and RepeatCycle, either of which is given.
std::variant<Rule, RecurrenceFault> ParseRepeat(const RecurrenceText& text) {
  if (text.repeat_unit.empty()) {
    return RecurrenceFault{.field = RecurrenceField::kRepeatUnit, .missing = true};
  }
  const std::optional<RepeatUnit> unit = ParseRepeatUnit(text.repeat_unit);
  if (!unit) return RecurrenceFault{.field = RecurrenceField::kRepeatUnit};
  if (text.repeat_cycle.empty()) {
    return RecurrenceFault{.field = RecurrenceField::kRepeatCycle, .missing = true};
  }
  const std::optional<std::vector<int>> cycle = ParseRepeatCycle(text.repeat_cycle);
  if (!cycle) return RecurrenceFault{.field = RecurrenceField::kRepeatCycle};
  const std::optional<Rule> rule = MakeRepeatRule(*unit, *cycle);
  if (!rule) return RecurrenceFault{.field = RecurrenceField::kRepeatCycle};
  return *rule;
}

}  // namespace

std::optional<RepeatUnit> ParseRepeatUnit(absl::string_view text) {
  if (text == "Day") return RepeatUnit::kDay;
  if (text == "Week") return RepeatUnit::kWeek;
  if (text == "Month") return RepeatUnit::kMonth;
  return std::nullopt;
}

std::optional<std::vector<int>> ParseRepeatCycle(absl::string_view text) {
  if (text.size() > kMaxRepeatCycleBytes) return std::nullopt;
  const std::string plain = absl::StrReplaceAll(text, {{kFullWidthComma, ","}});
  absl::string_view list = absl::StripAsciiWhitespace(plain);
  if (!StripPair("[", "]", &list)) return std::nullopt;
  std::vector<int> values;
  for (absl::string_view element : absl::StrSplit(list, ',')) {
    const std::optional<int> value = ParseElement(element);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

std::optional<Rule> MakeRepeatRule(RepeatUnit unit, absl::Span<const int> cycle) {
  switch (unit) {
    case RepeatUnit::kDay:
      if (cycle.size() != 1 || !AllWithin(cycle, kMaxDayCycle)) return std::nullopt;
      return DayCycleRule{.days = cycle[0]};
    case RepeatUnit::kWeek: {
      if (!AllWithin(cycle, kMaxWeekday)) return std::nullopt;
      unsigned weekdays = 0;
      for (int day : cycle) weekdays |= 1U << day;
      return WeekCycleRule{.weekdays = static_cast<uint8_t>(weekdays)};
    }
    case RepeatUnit::kMonth:
      break;
  }
  if (cycle.size() > 2 || !AllWithin(cycle, kMaxMonthDay) || cycle.front() > cycle.back()) {
    return std::nullopt;
  }
  return MonthCycleRule{.first = cycle.front(), .last = cycle.back()};
}

std::variant<Rule, RecurrenceFault> ParseRule(const RecurrenceText& text) {
  const bool repeats = !text.repeat_unit.empty() || !text.repeat_cycle.empty();
  if (text.recurrence.empty()) {
    if (!repeats) return OneShotRule{};
    return ParseRepeat(text);
  }
  const std::variant<CronRule, CronField> cron = ParseCron(text.recurrence);
  if (const auto* field = std::get_if<CronField>(&cron)) {
    return RecurrenceFault{.field = RecurrenceField::kRecurrence, .cron_field = *field};
  }
  if (repeats) {
    const std::variant<Rule, RecurrenceFault> repeat = ParseRepeat(text);
    if (const auto* fault = std::get_if<RecurrenceFault>(&repeat)) return *fault;
  }
  return std::get<CronRule>(cron);
}

}  // namespace accordion::domain
