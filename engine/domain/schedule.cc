#include "engine/domain/schedule.h"

#include <algorithm>
#include <cstdint>

namespace accordion::domain {
namespace {

constexpr int kSearchYears = 40;
constexpr int kHoursPerDay = 24;
constexpr int kMinutesPerHour = 60;
constexpr int64_t kSecondsPerDay = 24 * 60 * 60;

// The lowest set bit of `bits` at or above `from`; `end` if there is none below it.
int NextBit(uint64_t bits, int from, int end) {
  while (from < end && (bits >> from & 1) == 0) ++from;
  return from;
}

absl::CivilDay SearchEnd(absl::CivilSecond after) {
  const absl::CivilDay day(after);
  return absl::CivilDay(day.year() + kSearchYears, day.month(), day.day()) + 1;
}

// The first local time of the cron rule on `day` at or after `hour`:`minute`; nullopt if none.
std::optional<absl::CivilSecond> CronTimeOfDay(const CronRule& rule, absl::CivilDay day, int hour,
                                               int minute) {
  int next_hour = NextBit(rule.hours, hour, kHoursPerDay);
  int next_minute = NextBit(rule.minutes, next_hour == hour ? minute : 0, kMinutesPerHour);
  if (next_minute == kMinutesPerHour) {  // this hour has no such minute left
    next_hour = NextBit(rule.hours, next_hour + 1, kHoursPerDay);
    next_minute = NextBit(rule.minutes, 0, kMinutesPerHour);
  }
  if (next_hour >= kHoursPerDay) return std::nullopt;
  return absl::CivilSecond(day.year(), day.month(), day.day(), next_hour, next_minute, 0);
}

// The first local time that a rule matches strictly after `after`, regardless of its window.
// `first` is the local time of StartTime, from which cycles count and take their time of day.
class NextLocalTime {
 public:
  NextLocalTime(absl::CivilSecond first, absl::CivilSecond after) : first_(first), after_(after) {}

  // A one-shot is an instant, which needs no local time.
  std::optional<absl::CivilSecond> operator()(const OneShotRule&) const { return std::nullopt; }

  std::optional<absl::CivilSecond> operator()(const CronRule& rule) const {
    const absl::CivilMinute from = absl::CivilMinute(after_) + 1;
    absl::CivilDay day(from);
    if (MatchesDay(rule, day)) {
      if (auto local = CronTimeOfDay(rule, day, from.hour(), from.minute())) return local;
    }
    const absl::CivilDay end = SearchEnd(after_);
    for (++day; day < end;) {
      if ((rule.months >> day.month() & 1) == 0) {
        day = absl::CivilDay(absl::CivilMonth(day) + 1);
        continue;
      }
      if (MatchesDay(rule, day)) return CronTimeOfDay(rule, day, 0, 0);
      ++day;
    }
    return std::nullopt;
  }

  std::optional<absl::CivilSecond> operator()(const DayCycleRule& rule) const {
    if (rule.days < 1) return std::nullopt;
    if (first_ > after_) return first_;
    const int64_t whole_cycles = (after_ - first_) / (rule.days * kSecondsPerDay);
    return AtTimeOfDay(absl::CivilDay(first_) + (whole_cycles + 1) * rule.days);
  }

  std::optional<absl::CivilSecond> operator()(const WeekCycleRule& rule) const {
    return NextDayThat(
        [&rule](absl::CivilDay day) { return (rule.weekdays >> WeekdayNumber(day) & 1) != 0; });
  }

  std::optional<absl::CivilSecond> operator()(const MonthCycleRule& rule) const {
    return NextDayThat(
        [&rule](absl::CivilDay day) { return day.day() >= rule.first && day.day() <= rule.last; });
  }

 private:
  absl::CivilSecond AtTimeOfDay(absl::CivilDay day) const {
    return absl::CivilSecond(day.year(), day.month(), day.day(), first_.hour(), first_.minute(),
                             first_.second());
  }

  template <typename Matches>
  std::optional<absl::CivilSecond> NextDayThat(const Matches& matches) const {
    const absl::CivilDay end = SearchEnd(after_);
    for (absl::CivilDay day(after_); day < end; ++day) {
      if (!matches(day)) continue;
      const absl::CivilSecond local = AtTimeOfDay(day);
      if (local > after_) return local;
    }
    return std::nullopt;
  }

  absl::CivilSecond first_;
  absl::CivilSecond after_;
};

}  // namespace

absl::Time FiringInstant(absl::CivilSecond local, const absl::TimeZone& zone) {
  const absl::TimeZone::TimeInfo info = zone.At(local);
  // `pre` of a skipped time is read with the offset before the gap, which is late by the gap's
  // rest.
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

std::optional<absl::Time> NextOccurrence(const Rule& rule, absl::Time start,
                                         const std::optional<absl::Time>& end, absl::Time after,
                                         const absl::TimeZone& zone) {
  if (std::holds_alternative<OneShotRule>(rule)) {
    return start > after ? std::make_optional(start) : std::nullopt;
  }
  const absl::Time last = end.value_or(absl::InfiniteFuture());
  const absl::Time floor = std::max(after, start - absl::Nanoseconds(1));
  if (floor >= last) return std::nullopt;
  // FiringInstant never falls while the local time rises, and the local time that clocks show at
  // `floor` fires at or before it. So no earlier local time can be the answer, and the first later
  // one that fires after `floor` is. Only in the second pass of an overlap are some passed over.
  const absl::CivilSecond first = zone.At(start).cs;
  absl::CivilSecond local = zone.At(floor).cs;
  while (true) {
    const std::optional<absl::CivilSecond> next = std::visit(NextLocalTime(first, local), rule);
    if (!next) return std::nullopt;
    local = *next;
    const absl::Time instant = FiringInstant(local, zone);
    if (instant > last) return std::nullopt;
    if (instant > floor) return instant;
  }
}

}  // namespace accordion::domain
