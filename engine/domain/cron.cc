#include "engine/domain/cron.h"

#include <array>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "engine/domain/limits.h"

namespace accordion::domain {
namespace {

constexpr int kSunday = 7;
constexpr int kMaxDigits = 2;

constexpr std::array<absl::string_view, 12> kMonthNames = {
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<absl::string_view, 7> kWeekdayNames = {"SUN", "MON", "TUE", "WED",
                                                            "THU", "FRI", "SAT"};
// Of the longest year, since a rule may wait for it.
constexpr std::array<int, 13> kDaysOfMonth = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

// What one field may hold.
struct FieldGrammar {
  CronField field;
  int low = 0;
  int high = 0;  // both inclusive
  bool star = true;
  absl::Span<const absl::string_view> names = {};
  int first_name = 0;  // the value of names[0]
};

constexpr size_t kFieldCount = 5;
const std::array<FieldGrammar, kFieldCount>& Grammars() {
  static const std::array<FieldGrammar, kFieldCount> grammars = {
      FieldGrammar{.field = CronField::kMinute, .low = 0, .high = 59, .star = false},
      FieldGrammar{.field = CronField::kHour, .low = 0, .high = 23, .star = false},
      FieldGrammar{.field = CronField::kDayOfMonth, .low = 1, .high = 31},
      FieldGrammar{
          .field = CronField::kMonth, .low = 1, .high = 12, .names = kMonthNames, .first_name = 1},
      FieldGrammar{.field = CronField::kDayOfWeek, .low = 0, .high = 7, .names = kWeekdayNames},
  };
  return grammars;
}

std::optional<int> ParseNumber(absl::string_view text) {
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  int value = 0;
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> ParseValue(absl::string_view text, const FieldGrammar& grammar) {
  for (size_t i = 0; i < grammar.names.size(); ++i) {
    if (absl::EqualsIgnoreCase(text, grammar.names[i])) {
      return grammar.first_name + static_cast<int>(i);
    }
  }
  const std::optional<int> value = ParseNumber(text);
  if (!value || *value < grammar.low || *value > grammar.high) return std::nullopt;
  return value;
}

struct Range {
  int low = 0;
  int high = 0;
};

// `a`, `a-b` or `*`, without a step.
std::optional<Range> ParseRange(absl::string_view text, const FieldGrammar& grammar) {
  if (text == "*") {
    if (!grammar.star) return std::nullopt;
    return Range{grammar.low, grammar.high};
  }
  const size_t dash = text.find('-');
  const std::optional<int> low = ParseValue(text.substr(0, dash), grammar);
  if (!low) return std::nullopt;
  if (dash == absl::string_view::npos) return Range{*low, *low};
  std::optional<int> high = ParseValue(text.substr(dash + 1), grammar);
  if (!high) return std::nullopt;
  // FRI-SUN: the Sunday that ends a range is the 7.
  if (grammar.field == CronField::kDayOfWeek && *high == 0 && *low > 0) high = kSunday;
  if (*low > *high) return std::nullopt;
  return Range{*low, *high};
}

// Adds the values of one element of a list to `bits`; false if it doesn't parse.
bool AddElement(absl::string_view text, const FieldGrammar& grammar, uint64_t* bits) {
  const size_t slash = text.find('/');
  const absl::string_view base = text.substr(0, slash);
  const std::optional<Range> range = ParseRange(base, grammar);
  if (!range) return false;
  int step = 1;
  if (slash != absl::string_view::npos) {
    const bool is_range = base == "*" || base.find('-') != absl::string_view::npos;
    const std::optional<int> given = ParseNumber(text.substr(slash + 1));
    if (!is_range || !given || *given == 0) return false;
    step = *given;
  }
  for (int value = range->low; value <= range->high; value += step) *bits |= uint64_t{1} << value;
  return true;
}

// The field's values as bits; nullopt if it doesn't parse. Never empty.
std::optional<uint64_t> ParseField(absl::string_view text, const FieldGrammar& grammar) {
  uint64_t bits = 0;
  for (absl::string_view element : absl::StrSplit(text, ',')) {
    if (!AddElement(element, grammar, &bits)) return std::nullopt;
  }
  if (grammar.field == CronField::kDayOfWeek && (bits & 1) != 0) {
    bits = (bits & ~uint64_t{1}) | uint64_t{1} << kSunday;
  }
  return bits;
}

bool EverMatches(const CronRule& rule) {
  if (rule.either_day) return true;
  for (size_t month = 1; month < kDaysOfMonth.size(); ++month) {
    if ((rule.months >> month & 1) == 0) continue;
    const uint64_t days_of_month = (uint64_t{2} << kDaysOfMonth[month]) - 1;
    if ((rule.days & days_of_month) != 0) return true;
  }
  return false;
}

}  // namespace

std::variant<CronRule, CronField> ParseCron(absl::string_view text) {
  if (text.size() > kMaxRecurrenceBytes) return CronField::kWhole;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (fields.size() != kFieldCount) return CronField::kWhole;
  std::array<uint64_t, kFieldCount> bits = {};
  for (size_t i = 0; i < kFieldCount; ++i) {
    const FieldGrammar& grammar = Grammars()[i];
    const std::optional<uint64_t> parsed = ParseField(fields[i], grammar);
    if (!parsed) return grammar.field;
    bits[i] = *parsed;
  }
  const CronRule rule = {
      .minutes = bits[0],
      .hours = static_cast<uint32_t>(bits[1]),
      .days = static_cast<uint32_t>(bits[2]),
      .months = static_cast<uint16_t>(bits[3]),
      .weekdays = static_cast<uint8_t>(bits[4]),
      .either_day = fields[2].front() != '*' && fields[4].front() != '*',
  };
  if (!EverMatches(rule)) return CronField::kDayOfMonth;
  return rule;
}

int WeekdayNumber(absl::CivilDay day) {
  return static_cast<int>(absl::GetWeekday(day)) + 1;  // absl::Weekday::monday is 0
}

bool MatchesDay(const CronRule& rule, absl::CivilDay day) {
  if ((rule.months >> day.month() & 1) == 0) return false;
  const bool day_of_month = (rule.days >> day.day() & 1) != 0;
  const bool weekday = (rule.weekdays >> WeekdayNumber(day) & 1) != 0;
  return rule.either_day ? day_of_month || weekday : day_of_month && weekday;
}

}  // namespace accordion::domain
