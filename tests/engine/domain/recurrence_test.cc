#include "engine/domain/recurrence.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/domain/limits.h"

namespace accordion::domain {
namespace {

using F = RecurrenceField;
using U = RepeatUnit;

Rule ParsedRule(const RecurrenceText& text) {
  const auto result = ParseRule(text);
  EXPECT_TRUE(std::holds_alternative<Rule>(result));
  const auto* rule = std::get_if<Rule>(&result);
  return rule != nullptr ? *rule : Rule{};
}

RecurrenceFault Fault(const RecurrenceText& text) {
  const auto result = ParseRule(text);
  EXPECT_TRUE(std::holds_alternative<RecurrenceFault>(result));
  const auto* fault = std::get_if<RecurrenceFault>(&result);
  return fault != nullptr ? *fault : RecurrenceFault{};
}

TEST(Recurrence, RepeatUnitsAreSpeltAsTheReferenceDoes) {
  EXPECT_EQ(ParseRepeatUnit("Day"), U::kDay);
  EXPECT_EQ(ParseRepeatUnit("Week"), U::kWeek);
  EXPECT_EQ(ParseRepeatUnit("Month"), U::kMonth);
  for (const char* text : {"", "day", "DAY", "Year", "Day "}) {
    EXPECT_EQ(ParseRepeatUnit(text), std::nullopt) << text;
  }
}

TEST(Recurrence, RepeatCyclesComeInSeveralForms) {
  const std::vector<int> two_five = {2, 5};
  for (const char* text :
       {"2,5", "[2,5]", "[\"2\",\"5\"]", "[\"2\", \"5\"]", " [ 2 , 5 ] ", "\"2\",5",
        "2\xef\xbc\x8c"
        "5",
        "[\"2\"\xef\xbc\x8c\"5\"]", "02,005"}) {
    EXPECT_EQ(ParseRepeatCycle(text), two_five) << text;
  }
  EXPECT_EQ(ParseRepeatCycle("366"), std::vector<int>{366});
  EXPECT_EQ(ParseRepeatCycle("1,1,0"), (std::vector<int>{1, 1, 0}));
}

TEST(Recurrence, OtherTextsAreNoCycle) {
  for (const char* text : {"",
                           " ",
                           "[]",
                           "[2",
                           "2]",
                           "2,",
                           ",2",
                           "2,,5",
                           "\"2",
                           "2\"",
                           "\"\"",
                           "[\"2,5\"]",
                           "2;5",
                           "2 5",
                           "-2",
                           "+2",
                           "2.0",
                           "1000",
                           "99999999999999999999",
                           "[[2]]",
                           "\xef\xbc\x92",
                           "x"}) {
    EXPECT_EQ(ParseRepeatCycle(text), std::nullopt) << text;
  }
  const std::string fits = "1" + std::string(kMaxRepeatCycleBytes - 1, ' ');
  EXPECT_EQ(ParseRepeatCycle(fits), std::vector<int>{1});
  EXPECT_EQ(ParseRepeatCycle(fits + " "), std::nullopt);
}

TEST(Recurrence, ADayCycleIsOneNumber) {
  EXPECT_EQ(MakeRepeatRule(U::kDay, {1}), Rule(DayCycleRule{1}));
  EXPECT_EQ(MakeRepeatRule(U::kDay, {366}), Rule(DayCycleRule{366}));
  for (const std::vector<int>& cycle :
       std::vector<std::vector<int>>{{}, {0}, {-1}, {367}, {2, 5}}) {
    EXPECT_EQ(MakeRepeatRule(U::kDay, cycle), std::nullopt);
  }
}

TEST(Recurrence, AWeekCycleIsASetOfWeekdays) {
  EXPECT_EQ(MakeRepeatRule(U::kWeek, {1}), Rule(WeekCycleRule{0b10}));
  EXPECT_EQ(MakeRepeatRule(U::kWeek, {7, 1, 3}), Rule(WeekCycleRule{0b10001010}));
  EXPECT_EQ(MakeRepeatRule(U::kWeek, {3, 3}), Rule(WeekCycleRule{0b1000}));
  for (const std::vector<int>& cycle :
       std::vector<std::vector<int>>{{}, {0}, {8}, {1, 8}, {1, 0}}) {
    EXPECT_EQ(MakeRepeatRule(U::kWeek, cycle), std::nullopt);
  }
}

TEST(Recurrence, AMonthCycleIsADayOrARange) {
  EXPECT_EQ(MakeRepeatRule(U::kMonth, {31}), Rule(MonthCycleRule{31, 31}));
  EXPECT_EQ(MakeRepeatRule(U::kMonth, {2, 5}), Rule(MonthCycleRule{2, 5}));
  EXPECT_EQ(MakeRepeatRule(U::kMonth, {4, 4}), Rule(MonthCycleRule{4, 4}));
  for (const std::vector<int>& cycle :
       std::vector<std::vector<int>>{{}, {0}, {32}, {5, 2}, {1, 32}, {1, 2, 3}}) {
    EXPECT_EQ(MakeRepeatRule(U::kMonth, cycle), std::nullopt);
  }
}

TEST(Recurrence, NoTextIsAOneShot) { EXPECT_EQ(ParsedRule({}), Rule(OneShotRule{})); }

TEST(Recurrence, EachFormAloneMakesItsRule) {
  EXPECT_EQ(ParsedRule({.recurrence = "0 8 * * 1"}),
            Rule(std::get<CronRule>(ParseCron("0 8 * * 1"))));
  EXPECT_EQ(ParsedRule({.repeat_unit = "Day", .repeat_cycle = "[\"2\"]"}), Rule(DayCycleRule{2}));
  EXPECT_EQ(ParsedRule({.repeat_unit = "Week", .repeat_cycle = "1,2"}), Rule(WeekCycleRule{0b110}));
  EXPECT_EQ(ParsedRule({.repeat_unit = "Month", .repeat_cycle = "2,5"}),
            Rule(MonthCycleRule{2, 5}));
}

TEST(Recurrence, WithBothFormsCronDecides) {
  EXPECT_EQ(ParsedRule({"0 8 * * 1", "Day", "2"}),
            Rule(std::get<CronRule>(ParseCron("0 8 * * 1"))));
}

TEST(Recurrence, AFaultNamesTheTextAndTheCronField) {
  EXPECT_EQ(Fault({"* 8 * * 1", "Day", "2"}),
            (RecurrenceFault{F::kRecurrence, false, CronField::kMinute}));
  EXPECT_EQ(Fault({"", "Year", "2"}), (RecurrenceFault{F::kRepeatUnit}));
  EXPECT_EQ(Fault({"", "Day", "x"}), (RecurrenceFault{F::kRepeatCycle}));
  EXPECT_EQ(Fault({"", "Month", "5,2"}), (RecurrenceFault{F::kRepeatCycle}));
}

TEST(Recurrence, HalfARepetitionIsMissingTheOther) {
  EXPECT_EQ(Fault({"", "", "2"}), (RecurrenceFault{F::kRepeatUnit, true}));
  EXPECT_EQ(Fault({"", "Day", ""}), (RecurrenceFault{F::kRepeatCycle, true}));
}

TEST(Recurrence, TheFormThatDoesNotDecideIsCheckedToo) {
  EXPECT_EQ(Fault({"0 8 * * 1", "Year", "2"}), (RecurrenceFault{F::kRepeatUnit}));
  EXPECT_EQ(Fault({"0 8 * * 1", "Week", "8"}), (RecurrenceFault{F::kRepeatCycle}));
  EXPECT_EQ(Fault({"0 8 * * 1", "Week", ""}), (RecurrenceFault{F::kRepeatCycle, true}));
  EXPECT_EQ(Fault({"0 8 * * 1", "", "1"}), (RecurrenceFault{F::kRepeatUnit, true}));
}

}  // namespace
}  // namespace accordion::domain
