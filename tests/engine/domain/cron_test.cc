#include "engine/domain/cron.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/domain/limits.h"
#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

using F = CronField;

template <typename... Values>
uint64_t Bits(Values... values) {
  return ((uint64_t{1} << values) | ... | 0);
}

uint64_t Span(int low, int high, int step = 1) {
  uint64_t bits = 0;
  for (int value = low; value <= high; value += step) bits |= Bits(value);
  return bits;
}

CronRule Parsed(const std::string& text) {
  const auto result = ParseCron(text);
  EXPECT_TRUE(std::holds_alternative<CronRule>(result)) << text;
  const auto* rule = std::get_if<CronRule>(&result);
  return rule != nullptr ? *rule : CronRule{};
}

TEST(Cron, PlainNumbersAndStars) {
  EXPECT_EQ(Parsed("30 8 * * *"), (CronRule{.minutes = Bits(30),
                                            .hours = static_cast<uint32_t>(Bits(8)),
                                            .days = static_cast<uint32_t>(Span(1, 31)),
                                            .months = static_cast<uint16_t>(Span(1, 12)),
                                            .weekdays = static_cast<uint8_t>(Span(1, 7))}));
}

TEST(Cron, TheLimitsOfEachField) {
  const CronRule low = Parsed("0 0 1 1 1");
  EXPECT_EQ(low.minutes, Bits(0));
  EXPECT_EQ(low.hours, Bits(0));
  EXPECT_EQ(low.days, Bits(1));
  EXPECT_EQ(low.months, Bits(1));
  EXPECT_EQ(low.weekdays, Bits(1));
  const CronRule high = Parsed("59 23 31 12 6");
  EXPECT_EQ(high.minutes, Bits(59));
  EXPECT_EQ(high.hours, Bits(23));
  EXPECT_EQ(high.days, Bits(31));
  EXPECT_EQ(high.months, Bits(12));
  EXPECT_EQ(high.weekdays, Bits(6));
}

TEST(Cron, ListsRangesAndSteps) {
  const CronRule rule = Parsed("0,15,30-32,40-50/5 8-20/4 1-10/3,20 */5 *");
  EXPECT_EQ(rule.minutes, Bits(0, 15, 30, 31, 32, 40, 45, 50));
  EXPECT_EQ(rule.hours, Bits(8, 12, 16, 20));
  EXPECT_EQ(rule.days, Bits(1, 4, 7, 10, 20));
  EXPECT_EQ(rule.months, Bits(1, 6, 11));
  EXPECT_EQ(Parsed("5-5 0-23 * * *").hours, Span(0, 23));
  EXPECT_EQ(Parsed("0-59/99 0 * * *").minutes, Bits(0));
  EXPECT_EQ(Parsed("05 08 01 09 *").hours, Bits(8));
}

TEST(Cron, NamesOfMonthsAndWeekdaysInAnyCase) {
  EXPECT_EQ(Parsed("0 0 * JAN,feb,Mar,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC *").months, Span(1, 12));
  EXPECT_EQ(Parsed("0 0 * JUN-aug *").months, Bits(6, 7, 8));
  EXPECT_EQ(Parsed("0 0 * * MON").weekdays, Bits(1));
  EXPECT_EQ(Parsed("0 0 * * tue,WED,thu").weekdays, Bits(2, 3, 4));
  EXPECT_EQ(Parsed("0 0 * * MON-FRI").weekdays, Span(1, 5));
  EXPECT_EQ(Parsed("0 0 * * Mon-5/2").weekdays, Bits(1, 3, 5));
}

TEST(Cron, ZeroAndSevenAreSunday) {
  for (const char* text : {"0 0 * * 0", "0 0 * * 7", "0 0 * * SUN", "0 0 * * 0,7", "0 0 * * 0-0"}) {
    EXPECT_EQ(Parsed(text).weekdays, Bits(7)) << text;
  }
  EXPECT_EQ(Parsed("0 0 * * 0-2").weekdays, Bits(7, 1, 2));
  EXPECT_EQ(Parsed("0 0 * * 5-7").weekdays, Bits(5, 6, 7));
  EXPECT_EQ(Parsed("0 0 * * FRI-SUN").weekdays, Bits(5, 6, 7));
  EXPECT_EQ(Parsed("0 0 * * */3").weekdays, Bits(7, 3, 6));
}

TEST(Cron, BlanksSeparateAndSurround) {
  EXPECT_EQ(Parsed(" 30\t 8  * * \t* "), Parsed("30 8 * * *"));
}

TEST(Cron, EachFaultNamesItsField) {
  const struct {
    const char* text;
    CronField field;
  } rows[] = {
      {"", F::kWhole},
      {" \t ", F::kWhole},
      {"0 0 * *", F::kWhole},
      {"0 0 * * * *", F::kWhole},
      {"@daily", F::kWhole},
      {"* 0 * * *", F::kMinute},
      {"*/5 0 * * *", F::kMinute},
      {"0,* 0 * * *", F::kMinute},
      {"60 0 * * *", F::kMinute},
      {"-1 0 * * *", F::kMinute},
      {"+1 0 * * *", F::kMinute},
      {"000 0 * * *", F::kMinute},
      {"1.5 0 * * *", F::kMinute},
      {"5/15 0 * * *", F::kMinute},
      {"0-30/0 0 * * *", F::kMinute},
      {"0-30/ 0 * * *", F::kMinute},
      {"0-30/100 0 * * *", F::kMinute},
      {"0-30/5/5 0 * * *", F::kMinute},
      {"30-20 0 * * *", F::kMinute},
      {"10-20-30 0 * * *", F::kMinute},
      {"10- 0 * * *", F::kMinute},
      {"10-60 0 * * *", F::kMinute},
      {"1,,2 0 * * *", F::kMinute},
      {"1, 0 * * *", F::kMinute},
      {",1 0 * * *", F::kMinute},
      {"JAN 0 * * *", F::kMinute},
      {"1\xef\xbc\x8c"
       "2 0 * * *",
       F::kMinute},
      {"0 * * * *", F::kHour},
      {"0 */2 * * *", F::kHour},
      {"0 1,*/2 * * *", F::kHour},
      {"0 24 * * *", F::kHour},
      {"0 x * * *", F::kHour},
      {"0 0 0 * *", F::kDayOfMonth},
      {"0 0 32 * *", F::kDayOfMonth},
      {"0 0 ? * *", F::kDayOfMonth},
      {"0 0 L * *", F::kDayOfMonth},
      {"0 0 ** * *", F::kDayOfMonth},
      {"0 0 *-5 * *", F::kDayOfMonth},
      {"0 0 */0 * *", F::kDayOfMonth},
      {"0 0 * 0 *", F::kMonth},
      {"0 0 * 13 *", F::kMonth},
      {"0 0 * MON *", F::kMonth},
      {"0 0 * JANUARY *", F::kMonth},
      {"0 0 * * 8", F::kDayOfWeek},
      {"0 0 * * 1-0/0", F::kDayOfWeek},
      {"0 0 * * 3-1", F::kDayOfWeek},
      {"0 0 * * JAN", F::kDayOfWeek},
      {"0 0 * * MON#1", F::kDayOfWeek},
  };
  for (const auto& row : rows) {
    const auto result = ParseCron(row.text);
    const auto* field = std::get_if<CronField>(&result);
    ASSERT_NE(field, nullptr) << row.text;
    EXPECT_EQ(*field, row.field) << row.text;
  }
}

TEST(Cron, TheFirstFaultIsNamed) {
  EXPECT_EQ(std::get<CronField>(ParseCron("0 x x x x")), F::kHour);
  EXPECT_EQ(std::get<CronField>(ParseCron("0 0 x x x")), F::kDayOfMonth);
}

TEST(Cron, ADayThatNoMonthHasIsAFault) {
  for (const char* text : {"0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 31 APR */2"}) {
    const auto result = ParseCron(text);
    ASSERT_TRUE(std::holds_alternative<CronField>(result)) << text;
    EXPECT_EQ(std::get<CronField>(result), F::kDayOfMonth) << text;
  }
  Parsed("0 0 29 2 *");
  Parsed("0 0 31 1 *");
  Parsed("0 0 30,31 4 *");
  Parsed("0 0 31 2,3 *");
  Parsed("0 0 30 2 MON");  // the Mondays of February
}

TEST(Cron, TheLengthIsBounded) {
  const std::string rule = "0 0 * * *";
  EXPECT_TRUE(std::holds_alternative<CronRule>(
      ParseCron(rule + std::string(kMaxRecurrenceBytes - rule.size(), ' '))));
  EXPECT_EQ(std::get<CronField>(
                ParseCron(rule + std::string(kMaxRecurrenceBytes - rule.size() + 1, ' '))),
            F::kWhole);
  EXPECT_EQ(std::get<CronField>(ParseCron(std::string(1 << 20, '9'))), F::kWhole);
  EXPECT_EQ(std::get<CronField>(ParseCron(absl::string_view("0 0 * * *\0", 10))), F::kDayOfWeek);
}

TEST(Cron, EitherDayFieldMatchesIfBothAreRestricted) {
  EXPECT_TRUE(Parsed("0 0 13 * FRI").either_day);
  EXPECT_TRUE(Parsed("0 0 1-31/2 * 1,2").either_day);
  EXPECT_FALSE(Parsed("0 0 13 * *").either_day);
  EXPECT_FALSE(Parsed("0 0 * * FRI").either_day);
  EXPECT_FALSE(Parsed("0 0 */2 * FRI").either_day);  // begins with a star
  EXPECT_FALSE(Parsed("0 0 13 * */2").either_day);
}

TEST(Cron, DaysMatchByMonthAndDayFields) {
  const absl::CivilDay friday13(2026, 11, 13);
  ASSERT_EQ(absl::GetWeekday(friday13), absl::Weekday::friday);
  EXPECT_EQ(WeekdayNumber(friday13), 5);
  EXPECT_EQ(WeekdayNumber(absl::CivilDay(2026, 11, 15)), 7);
  EXPECT_EQ(WeekdayNumber(absl::CivilDay(2026, 11, 16)), 1);
  const CronRule either = Parsed("0 0 13 11 FRI");
  EXPECT_TRUE(MatchesDay(either, friday13));
  EXPECT_TRUE(MatchesDay(either, absl::CivilDay(2026, 11, 20)));   // a Friday
  EXPECT_TRUE(MatchesDay(either, absl::CivilDay(2025, 11, 13)));   // a Thursday
  EXPECT_FALSE(MatchesDay(either, absl::CivilDay(2026, 11, 14)));  // neither
  EXPECT_FALSE(MatchesDay(either, absl::CivilDay(2026, 2, 13)));   // another month
  const CronRule both = Parsed("0 0 */2 11 FRI");                  // odd days that are Fridays
  EXPECT_TRUE(MatchesDay(both, friday13));
  EXPECT_FALSE(MatchesDay(both, absl::CivilDay(2026, 11, 20)));
  EXPECT_FALSE(MatchesDay(both, absl::CivilDay(2026, 11, 15)));
}

// A random field: its text, and the values that it should have.
std::string RandomField(Random& random, int low, int high, uint64_t* bits) {
  std::vector<std::string> elements;
  for (int count = random.Int(1, 4); count > 0; --count) {
    const int from = random.Int(low, high);
    const int to = random.Int(from, high);
    const int step = random.Int(1, 20);
    switch (random.Int(1, 3)) {
      case 1:
        elements.push_back(absl::StrCat(from));
        *bits |= Span(from, from);
        break;
      case 2:
        elements.push_back(absl::StrCat(from, "-", to));
        *bits |= Span(from, to);
        break;
      case 3:
        elements.push_back(absl::StrCat(from, "-", to, "/", step));
        *bits |= Span(from, to, step);
        break;
    }
  }
  return absl::StrJoin(elements, ",");
}

TEST(Cron, RandomRulesParseToTheirValues) {
  ForAll([](Random& random) {
    uint64_t minutes = 0, hours = 0, days = 0, months = 0, weekdays = 0;
    std::vector<std::string> fields;
    fields.push_back(RandomField(random, 0, 59, &minutes));
    fields.push_back(RandomField(random, 0, 23, &hours));
    fields.push_back(RandomField(random, 1, 31, &days));
    fields.push_back(RandomField(random, 1, 12, &months));
    fields.push_back(RandomField(random, 0, 7, &weekdays));
    const std::string text = absl::StrJoin(fields, " ");
    SCOPED_TRACE(text);
    const CronRule rule = Parsed(text);
    EXPECT_EQ(rule.minutes, minutes);
    EXPECT_EQ(rule.hours, hours);
    EXPECT_EQ(rule.days, days);
    EXPECT_EQ(rule.months, months);
    EXPECT_EQ(rule.weekdays, (weekdays & 0xfe) | (weekdays & 1) << 7);
    EXPECT_TRUE(rule.either_day);
  });
}

TEST(Cron, AnyTextParsesToARuleThatFiresOrToAFault) {
  constexpr absl::string_view kAlphabet = "0123456789*/-, \t,JANSUNmon?L#\xef";
  ForAll(
      [&](Random& random) {
        std::string text;
        if (random.Chance(70)) text = "0 0 ";
        for (int length = random.Int(0, 20); length > 0; --length) {
          text +=
              kAlphabet[static_cast<size_t>(random.Int(0, static_cast<int>(kAlphabet.size()) - 1))];
        }
        if (random.Chance(50)) text += " * *";
        const auto result = ParseCron(text);
        const auto* rule = std::get_if<CronRule>(&result);
        if (rule == nullptr) return;
        EXPECT_NE(rule->minutes, 0) << text;
        EXPECT_EQ(rule->minutes >> 60, 0) << text;
        EXPECT_NE(rule->hours, 0) << text;
        EXPECT_EQ(rule->hours >> 24, 0) << text;
        EXPECT_NE(rule->days, 0) << text;
        EXPECT_EQ(rule->days & 1, 0) << text;
        EXPECT_NE(rule->months, 0) << text;
        EXPECT_EQ(rule->months & ~Span(1, 12), 0) << text;
        EXPECT_NE(rule->weekdays, 0) << text;
        EXPECT_EQ(rule->weekdays & 1, 0) << text;
      },
      20000);
}

}  // namespace
}  // namespace accordion::domain
