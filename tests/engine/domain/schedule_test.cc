#include "engine/domain/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/domain/facts.h"
#include "tests/engine/domain/zones.h"

namespace accordion::domain {
namespace {

Rule Cron(const std::string& text) {
  const auto result = ParseCron(text);
  EXPECT_TRUE(std::holds_alternative<CronRule>(result)) << text;
  const auto* rule = std::get_if<CronRule>(&result);
  return rule != nullptr ? *rule : CronRule{};
}

Rule Weekdays(std::initializer_list<int> days) {
  return *MakeRepeatRule(RepeatUnit::kWeek, std::vector<int>(days));
}

// The first `count` instants from `start` (itself included) as local times with their offset.
std::vector<std::string> Instants(const Rule& rule, const std::string& start, int count,
                                  const absl::TimeZone& zone) {
  std::vector<std::string> shown;
  std::optional<absl::Time> at = absl::InfinitePast();
  while (static_cast<int>(shown.size()) < count) {
    at = NextOccurrence(rule, Local(start, zone), std::nullopt, *at, zone);
    if (!at) break;
    shown.push_back(Show(*at, zone));
  }
  return shown;
}

using Texts = std::vector<std::string>;

TEST(Schedule, AOneShotFiresAtItsStartAndNeverAgain) {
  const absl::TimeZone zone = Shanghai();
  const absl::Time start = Local("2020-12-18 11:50:24", zone);
  EXPECT_EQ(NextOccurrence(OneShotRule{}, start, std::nullopt, absl::InfinitePast(), zone), start);
  EXPECT_EQ(NextOccurrence(OneShotRule{}, start, std::nullopt, start - absl::Nanoseconds(1), zone),
            start);
  EXPECT_EQ(NextOccurrence(OneShotRule{}, start, std::nullopt, start, zone), std::nullopt);
}

TEST(Schedule, AOneShotIsItsInstantEvenInTheSecondPassOfAnOverlap) {
  const absl::TimeZone zone = Berlin();
  const absl::Time second =
      FiringInstant(absl::CivilSecond(2024, 10, 27, 2, 30, 0), zone) + absl::Hours(1);
  ASSERT_EQ(Show(second, zone), "2024-10-27 02:30:00 +01:00");
  EXPECT_EQ(NextOccurrence(OneShotRule{}, second, std::nullopt, absl::InfinitePast(), zone),
            second);
}

TEST(Schedule, DayCyclesCountFromTheStartAtItsTimeOfDay) {
  EXPECT_EQ(Instants(DayCycleRule{2}, "2024-02-27 11:50:24", 3, Shanghai()),
            (Texts{"2024-02-27 11:50:24 +08:00", "2024-02-29 11:50:24 +08:00",
                   "2024-03-02 11:50:24 +08:00"}));
  EXPECT_EQ(Instants(DayCycleRule{366}, "2023-03-01 00:00:00", 2, Shanghai()),
            (Texts{"2023-03-01 00:00:00 +08:00", "2024-03-01 00:00:00 +08:00"}));
}

TEST(Schedule, WeekCyclesFireOnTheirWeekdays) {
  // 2026-11-24 is a Tuesday.
  EXPECT_EQ(Instants(Weekdays({1, 3}), "2026-11-24 08:00:01", 3, Shanghai()),
            (Texts{"2026-11-25 08:00:01 +08:00", "2026-11-30 08:00:01 +08:00",
                   "2026-12-02 08:00:01 +08:00"}));
  EXPECT_EQ(Instants(Weekdays({2, 7}), "2026-11-24 08:00:00", 2, Shanghai()),
            (Texts{"2026-11-24 08:00:00 +08:00", "2026-11-29 08:00:00 +08:00"}));
}

TEST(Schedule, MonthCyclesFireOnEachDayOfTheirRange) {
  EXPECT_EQ(Instants(MonthCycleRule{2, 4}, "2026-11-03 09:00:00", 4, Shanghai()),
            (Texts{"2026-11-03 09:00:00 +08:00", "2026-11-04 09:00:00 +08:00",
                   "2026-12-02 09:00:00 +08:00", "2026-12-03 09:00:00 +08:00"}));
}

TEST(Schedule, MonthsWithoutTheDayAreSkipped) {
  EXPECT_EQ(Instants(MonthCycleRule{31, 31}, "2026-01-01 09:00:00", 4, Shanghai()),
            (Texts{"2026-01-31 09:00:00 +08:00", "2026-03-31 09:00:00 +08:00",
                   "2026-05-31 09:00:00 +08:00", "2026-07-31 09:00:00 +08:00"}));
  EXPECT_EQ(Instants(MonthCycleRule{29, 31}, "2027-02-01 09:00:00", 2, Shanghai()),
            (Texts{"2027-03-29 09:00:00 +08:00", "2027-03-30 09:00:00 +08:00"}));
  EXPECT_EQ(Instants(MonthCycleRule{29, 31}, "2028-02-01 09:00:00", 2, Shanghai()),
            (Texts{"2028-02-29 09:00:00 +08:00", "2028-03-29 09:00:00 +08:00"}));
  EXPECT_EQ(Instants(Cron("0 9 31 * *"), "2026-03-31 09:00:01", 2, Shanghai()),
            (Texts{"2026-05-31 09:00:00 +08:00", "2026-07-31 09:00:00 +08:00"}));
}

TEST(Schedule, CronFiresAtTheBeginningOfItsMinutes) {
  EXPECT_EQ(Instants(Cron("15,45 8,20 * * *"), "2026-11-24 08:15:24", 4, Shanghai()),
            (Texts{"2026-11-24 08:45:00 +08:00", "2026-11-24 20:15:00 +08:00",
                   "2026-11-24 20:45:00 +08:00", "2026-11-25 08:15:00 +08:00"}));
  EXPECT_EQ(Instants(Cron("0 0 1 1 *"), "2026-11-24 08:00:00", 2, Shanghai()),
            (Texts{"2027-01-01 00:00:00 +08:00", "2028-01-01 00:00:00 +08:00"}));
  EXPECT_EQ(Instants(Cron("59 23 * * *"), "2026-12-31 23:59:00", 2, Shanghai()),
            (Texts{"2026-12-31 23:59:00 +08:00", "2027-01-01 23:59:00 +08:00"}));
  EXPECT_EQ(Instants(Cron("0 12 13 * FRI"), "2026-11-07 00:00:00", 4, Shanghai()),
            (Texts{"2026-11-13 12:00:00 +08:00", "2026-11-20 12:00:00 +08:00",
                   "2026-11-27 12:00:00 +08:00", "2026-12-04 12:00:00 +08:00"}));
}

TEST(Schedule, AStartThatTheCycleDoesNotMatchDoesNotFire) {
  EXPECT_EQ(Instants(Cron("0 9 * * *"), "2026-11-24 09:00:01", 1, Shanghai()),
            (Texts{"2026-11-25 09:00:00 +08:00"}));
  EXPECT_EQ(Instants(Cron("0 9 * * *"), "2026-11-24 09:00:00", 1, Shanghai()),
            (Texts{"2026-11-24 09:00:00 +08:00"}));
  EXPECT_EQ(Instants(MonthCycleRule{25, 25}, "2026-11-24 09:00:00", 1, Shanghai()),
            (Texts{"2026-11-25 09:00:00 +08:00"}));
}

TEST(Schedule, BothEndsOfTheWindowAreInside) {
  const absl::TimeZone zone = Shanghai();
  const absl::Time start = Local("2026-11-24 09:00:00", zone);
  const absl::Time second = start + absl::Hours(24);
  const Rule daily = DayCycleRule{1};
  EXPECT_EQ(NextOccurrence(daily, start, second, start, zone), second);
  EXPECT_EQ(NextOccurrence(daily, start, second - absl::Nanoseconds(1), start, zone), std::nullopt);
  EXPECT_EQ(NextOccurrence(daily, start, second, second, zone), std::nullopt);
  EXPECT_EQ(NextOccurrence(daily, start, start, absl::InfinitePast(), zone), start);
  EXPECT_EQ(NextOccurrence(daily, start, start - absl::Seconds(1), absl::InfinitePast(), zone),
            std::nullopt);
  EXPECT_EQ(NextOccurrence(daily, start, std::nullopt, absl::InfiniteFuture(), zone), std::nullopt);
  EXPECT_EQ(NextOccurrence(Weekdays({5}), start, start + absl::Hours(48), start, zone),
            std::nullopt);  // Tuesday to Thursday
}

TEST(Schedule, TheNextIsStrictlyAfterToTheNanosecond) {
  const absl::TimeZone zone = Shanghai();
  const absl::Time start = Local("2026-11-24 09:00:00", zone);
  const absl::Time second = start + absl::Hours(24);
  for (const Rule& rule : {Rule(DayCycleRule{1}), Cron("0 9 * * *"), Rule(MonthCycleRule{1, 31}),
                           Weekdays({1, 2, 3, 4, 5, 6, 7})}) {
    const auto next = [&](absl::Time after) {
      return NextOccurrence(rule, start, std::nullopt, after, zone);
    };
    EXPECT_EQ(next(second - absl::Nanoseconds(1)), second);
    EXPECT_EQ(next(second), second + absl::Hours(24));
    EXPECT_EQ(next(second + absl::Nanoseconds(1)), second + absl::Hours(24));
  }
}

// Each row: a rule from a start, around a change of clocks.
TEST(Schedule, LocalTimesThatClocksSkipFireAtTheFirstInstantAfter) {
  EXPECT_EQ(Instants(Cron("30 2 * * *"), "2024-03-30 00:00:00", 3, Berlin()),
            (Texts{"2024-03-30 02:30:00 +01:00", "2024-03-31 03:00:00 +02:00",
                   "2024-04-01 02:30:00 +02:00"}));
  EXPECT_EQ(Instants(DayCycleRule{1}, "2024-03-09 02:59:59", 3, NewYork()),
            (Texts{"2024-03-09 02:59:59 -05:00", "2024-03-10 03:00:00 -04:00",
                   "2024-03-11 02:59:59 -04:00"}));
  EXPECT_EQ(Instants(Weekdays({7}), "1986-04-27 02:00:00", 3, Shanghai()),
            (Texts{"1986-04-27 02:00:00 +08:00", "1986-05-04 03:00:00 +09:00",
                   "1986-05-11 02:00:00 +09:00"}));
  EXPECT_EQ(Instants(MonthCycleRule{14, 14}, "1991-03-14 02:15:00", 3, Shanghai()),
            (Texts{"1991-03-14 02:15:00 +08:00", "1991-04-14 03:00:00 +09:00",
                   "1991-05-14 02:15:00 +09:00"}));
}

TEST(Schedule, SeveralSkippedLocalTimesFireOnce) {
  EXPECT_EQ(Instants(Cron("0-59/20 1-3 31 3 *"), "2024-03-31 00:30:00", 6, Berlin()),
            (Texts{"2024-03-31 01:00:00 +01:00", "2024-03-31 01:20:00 +01:00",
                   "2024-03-31 01:40:00 +01:00", "2024-03-31 03:00:00 +02:00",
                   "2024-03-31 03:20:00 +02:00", "2024-03-31 03:40:00 +02:00"}));
}

TEST(Schedule, AWindowThatBeginsAtTheGapsEndHasItsInstant) {
  EXPECT_EQ(Instants(Cron("30 2 * * *"), "2024-03-31 03:00:00", 2, Berlin()),
            (Texts{"2024-03-31 03:00:00 +02:00", "2024-04-01 02:30:00 +02:00"}));
}

TEST(Schedule, LocalTimesThatExistTwiceFireTheFirstTime) {
  EXPECT_EQ(Instants(Cron("30 2 * * *"), "2024-10-26 00:00:00", 3, Berlin()),
            (Texts{"2024-10-26 02:30:00 +02:00", "2024-10-27 02:30:00 +02:00",
                   "2024-10-28 02:30:00 +01:00"}));
  EXPECT_EQ(Instants(DayCycleRule{1}, "2024-11-02 01:00:00", 3, NewYork()),
            (Texts{"2024-11-02 01:00:00 -04:00", "2024-11-03 01:00:00 -04:00",
                   "2024-11-04 01:00:00 -05:00"}));
  EXPECT_EQ(Instants(Weekdays({7}), "1986-09-07 01:30:00", 3, Shanghai()),
            (Texts{"1986-09-07 01:30:00 +09:00", "1986-09-14 01:30:00 +09:00",
                   "1986-09-21 01:30:00 +08:00"}));
  EXPECT_EQ(Instants(Cron("0 1 15 9 *"), "1991-01-01 00:00:00", 2, Shanghai()),
            (Texts{"1991-09-15 01:00:00 +09:00", "1992-09-15 01:00:00 +08:00"}));
}

TEST(Schedule, TheSecondPassOfAnOverlapIsSilent) {
  EXPECT_EQ(Instants(Cron("0,30 1-3 27 10 *"), "2024-10-27 00:00:00", 7, Berlin()),
            (Texts{"2024-10-27 01:00:00 +02:00", "2024-10-27 01:30:00 +02:00",
                   "2024-10-27 02:00:00 +02:00", "2024-10-27 02:30:00 +02:00",
                   "2024-10-27 03:00:00 +01:00", "2024-10-27 03:30:00 +01:00",
                   "2025-10-27 01:00:00 +01:00"}));
}

TEST(Schedule, ADayThatClocksSkipFiresAtTheNextMidnight) {
  // Samoa crossed the date line: 2011-12-30 did not exist.
  EXPECT_EQ(Instants(DayCycleRule{1}, "2011-12-29 09:00:00", 3, Zone("Pacific/Apia")),
            (Texts{"2011-12-29 09:00:00 -10:00", "2011-12-31 00:00:00 +14:00",
                   "2011-12-31 09:00:00 +14:00"}));
}

TEST(Schedule, LeapDaysAreFoundAcrossACenturyYear) {
  EXPECT_EQ(Instants(Cron("0 0 29 2 *"), "2092-02-29 00:00:00", 3, Shanghai()),
            (Texts{"2092-02-29 00:00:00 +08:00", "2096-02-29 00:00:00 +08:00",
                   "2104-02-29 00:00:00 +08:00"}));
  // Both must match, as the weekdays begin with a star: Sundays only, and 40 years apart.
  // Both must match, as the weekdays begin with a star: Sundays only, once 40 years apart.
  EXPECT_EQ(Instants(Cron("0 0 29 2 */7"), "2060-01-01 00:00:00", 3, Shanghai()),
            (Texts{"2060-02-29 00:00:00 +08:00", "2088-02-29 00:00:00 +08:00",
                   "2128-02-29 00:00:00 +08:00"}));
}

TEST(Schedule, EveryWeekdayOfTheLeapDayIsFoundWithinTheSearch) {
  // Over one whole cycle of the calendar no leap day on any weekday is lost.
  const absl::TimeZone zone = absl::UTCTimeZone();
  for (int weekday = 1; weekday <= 7; ++weekday) {
    CronRule rule = std::get<CronRule>(Cron("0 0 29 2 *"));
    rule.weekdays = static_cast<uint8_t>(1U << weekday);
    const absl::Time end = absl::FromCivil(absl::CivilDay(2401, 1, 1), zone);
    int found = 0;
    std::optional<absl::Time> at = absl::FromCivil(absl::CivilDay(2001, 1, 1), zone);
    const absl::Time start = *at;
    while ((at = NextOccurrence(rule, start, end, *at, zone)).has_value()) ++found;
    int expected = 0;
    for (int year = 2001; year <= 2400; ++year) {
      const absl::CivilDay day(year, 2, 29);
      if (day.day() == 29 && WeekdayNumber(day) == weekday) ++expected;
    }
    EXPECT_EQ(found, expected) << weekday;
  }
}

TEST(Schedule, ARuleThatMatchesNothingEndsItsSearch) {
  CronRule timeless = std::get<CronRule>(Cron("0 9 * * *"));
  timeless.minutes = 0;
  for (const Rule& rule : {Rule(CronRule{}), Rule(timeless), Rule(WeekCycleRule{}),
                           Rule(MonthCycleRule{5, 2}), Rule(DayCycleRule{0})}) {
    EXPECT_EQ(NextOccurrence(rule, kNow, std::nullopt, kNow, Shanghai()), std::nullopt)
        << rule.index();
  }
}

// The oracle: whether the local minute `at` matches, read from the rule's words.
bool Matches(const Rule& rule, absl::CivilMinute at, absl::CivilMinute first) {
  const absl::CivilDay day(at);
  const auto has = [](uint64_t bits, int value) { return (bits & uint64_t{1} << value) != 0; };
  if (const auto* cron = std::get_if<CronRule>(&rule)) {
    const bool by_date = has(cron->days, at.day());
    const bool by_weekday = has(cron->weekdays, static_cast<int>(absl::GetWeekday(day)) + 1);
    return has(cron->minutes, at.minute()) && has(cron->hours, at.hour()) &&
           has(cron->months, at.month()) &&
           (cron->either_day ? by_date || by_weekday : by_date && by_weekday);
  }
  if (at.hour() != first.hour() || at.minute() != first.minute()) return false;
  if (const auto* days = std::get_if<DayCycleRule>(&rule)) {
    const absl::civil_diff_t passed = day - absl::CivilDay(first);
    return passed >= 0 && passed % days->days == 0;
  }
  if (const auto* week = std::get_if<WeekCycleRule>(&rule)) {
    return has(week->weekdays, static_cast<int>(absl::GetWeekday(day)) + 1);
  }
  const auto& month = std::get<MonthCycleRule>(rule);
  return month.first <= at.day() && at.day() <= month.last;
}

// Watches a clock minute by minute: a local minute that it shows for the first time, or jumps over,
// fires now if it matches. `start` is a whole minute.
std::vector<absl::Time> Watch(const Rule& rule, absl::Time start, absl::Time end,
                              const absl::TimeZone& zone) {
  const absl::CivilMinute first(zone.At(start).cs);
  const absl::Time begin = start - absl::Hours(48);
  absl::CivilMinute seen(zone.At(begin).cs);
  std::vector<absl::Time> fired;
  for (absl::Time now = begin + absl::Minutes(1); now <= end; now += absl::Minutes(1)) {
    const absl::CivilMinute shown(zone.At(now).cs);
    bool fires = false;
    while (seen < shown) fires |= Matches(rule, ++seen, first);
    if (fires && now >= start) fired.push_back(now);
  }
  return fired;
}

std::vector<absl::Time> Walk(const Rule& rule, absl::Time start, absl::Time end,
                             const absl::TimeZone& zone) {
  std::vector<absl::Time> walked;
  auto next = NextOccurrence(rule, start, end, absl::InfinitePast(), zone);
  while (next.has_value()) {
    walked.push_back(*next);
    next = NextOccurrence(rule, start, end, *next, zone);
  }
  return walked;
}

struct Region {
  const char* zone;
  int first_year;
  int last_year;
};

Rule RandomRule(Random& random) {
  switch (random.Int(1, 5)) {
    case 1:
      return DayCycleRule{random.Int(1, 4)};
    case 2:
      return WeekCycleRule{static_cast<uint8_t>(random.Int(1, 127) << 1)};
    case 3: {
      const int first = random.Int(1, 31);
      return MonthCycleRule{first, random.Int(first, 31)};
    }
    default:
      break;
  }
  const int low = random.Int(0, 59);
  const std::string minutes = absl::StrCat(low, "-", random.Int(low, 59), "/", random.Int(1, 40));
  const std::string hours =
      absl::StrCat("0-", random.Int(0, 5), "/", random.Int(1, 3), ",", random.Int(0, 23));
  const std::string days = random.OneOf<std::string>({"*", "*", "*/2", "10-20", "1-7,25-31"});
  const std::string weekdays = random.OneOf<std::string>({"*", "*", "*/2", "SUN", "FRI-SUN"});
  return Cron(absl::StrCat(minutes, " ", hours, " ", days, " * ", weekdays));
}

// A time shortly before a change of the region's clocks; any time in a region without changes.
absl::Time BeforeAChange(Random& random, const Region& region, const absl::TimeZone& zone) {
  const absl::CivilDay day(random.Int(region.first_year, region.last_year), random.Int(1, 12),
                           random.Int(1, 28));
  absl::TimeZone::CivilTransition change;
  const absl::Time from = absl::FromCivil(day, zone);
  return zone.NextTransition(from, &change) ? absl::FromCivil(change.from, zone) : from;
}

void AgreesWithTheClock(Random& random, const Region& region, int max_days) {
  const absl::TimeZone zone = Zone(region.zone);
  const Rule rule = RandomRule(random);
  const absl::Time change = BeforeAChange(random, region, zone);
  const absl::Time start = change - absl::Minutes(random.Int(0, 60 * 60));
  const absl::Time end =
      start + absl::Hours(24 * random.Int(2, max_days)) + absl::Seconds(random.Int(0, 3600));
  SCOPED_TRACE(absl::StrCat(region.zone, ", rule ", rule.index(), ", from ", Show(start, zone)));
  const std::vector<absl::Time> expected = Watch(rule, start, end, zone);
  ASSERT_EQ(Walk(rule, start, end, zone), expected);
  for (int i = 0; i < 20; ++i) {
    const absl::Time after =
        change + absl::Seconds(random.Int(-7200, 7200)) + absl::Nanoseconds(random.Int(0, 1) * 500);
    const auto found = std::upper_bound(expected.begin(), expected.end(), after);
    const auto next = found == expected.end() ? std::nullopt : std::make_optional(*found);
    EXPECT_EQ(NextOccurrence(rule, start, end, after, zone), next) << Show(after, zone);
  }
}

TEST(Schedule, AgreesWithAWatchedClockInEveryRegion) {
  for (const Region& region :
       {Region{"Asia/Shanghai", 1986, 1991}, Region{"Europe/Berlin", 1996, 2035},
        Region{"America/New_York", 1996, 2035}, Region{"Australia/Lord_Howe", 2000, 2030},
        Region{"Pacific/Apia", 2010, 2012}, Region{"UTC", 2020, 2030}}) {
    ForAll([&](Random& random) { AgreesWithTheClock(random, region, 6); }, 60);
  }
}

TEST(Schedule, AgreesWithAWatchedClockOverMonths) {
  ForAll(
      [](Random& random) {
        AgreesWithTheClock(random, Region{"Europe/Berlin", 1996, 2035}, 100);
      },
      10);
}

TEST(Schedule, InstantsRiseStrictlyOverYears) {
  ForAll(
      [](Random& random) {
        const absl::TimeZone zone = random.OneOf({Berlin(), NewYork(), Shanghai()});
        const Rule rule = RandomRule(random);
        const absl::Time start =
            Local("1985-12-31 00:30:00", zone) + absl::Minutes(random.Int(0, 24 * 60 * 365));
        absl::Time at = absl::InfinitePast();
        for (int i = 0; i < 2000; ++i) {
          const auto next = NextOccurrence(rule, start, std::nullopt, at, zone);
          ASSERT_TRUE(next.has_value());
          ASSERT_GT(*next, at);
          ASSERT_GE(*next, start);
          at = *next;
        }
      },
      40);
}

}  // namespace
}  // namespace accordion::domain
