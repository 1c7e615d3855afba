// Cron: a plain reader must agree with the product's, and trying every minute with the product's
// next firing.
#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "engine/domain/cron.h"
#include "engine/domain/limits.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/schedule_input.h"
#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

constexpr int kDaysTried = 800;  // past them only the bounds of the answer are checked

struct PlainField {
  int low;
  int high;
  bool may_be_star;
  std::vector<std::string> names;  // of low, low + 1, ...
};

struct PlainCron {
  std::set<int> minutes, hours, days, months, weekdays;  // weekdays 0 (Sunday) to 6
  bool either_day = false;
};

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text + separator);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

std::optional<int> Number(const std::string& text) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  if (text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoi(text);
}

std::optional<int> Value(const std::string& text, const PlainField& field) {
  std::string upper;
  for (const char c : text) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (field.names[i] == upper) return field.low + static_cast<int>(i);
  }
  const std::optional<int> number = Number(text);
  if (!number || *number < field.low || *number > field.high) return std::nullopt;
  return number;
}

// `a`, `a-b`, `a-b/n`, `*`, `*/n`.
std::optional<std::set<int>> Element(const std::string& text, const PlainField& field) {
  const std::size_t slash = text.find('/');
  const std::string range = text.substr(0, slash);
  const std::size_t dash = range.find('-');
  int low = field.low, high = field.high, step = 1;
  if (range == "*") {
    if (!field.may_be_star) return std::nullopt;
  } else {
    const auto first = Value(range.substr(0, dash), field);
    const auto last = dash == std::string::npos ? first : Value(range.substr(dash + 1), field);
    if (!first || !last) return std::nullopt;
    low = *first;
    high = *last;
    if (field.high == 7 && high == 0 && low > 0) high = 7;  // FRI-SUN
    if (low > high) return std::nullopt;
    if (dash == std::string::npos && slash != std::string::npos) return std::nullopt;
  }
  if (slash != std::string::npos) {
    const auto given = Number(text.substr(slash + 1));
    if (!given || *given == 0) return std::nullopt;
    step = *given;
  }
  std::set<int> values;
  for (int value = low; value <= high; ++value) {
    if ((value - low) % step == 0) values.insert(value);
  }
  return values;
}

std::optional<std::set<int>> List(const std::string& text, const PlainField& field) {
  std::set<int> all;
  for (const std::string& part : Split(text, ',')) {
    const auto values = Element(part, field);
    if (!values) return std::nullopt;
    all.insert(values->begin(), values->end());
  }
  return all;
}

std::optional<PlainCron> ReadPlainCron(const std::string& text) {
  if (text.size() > domain::kMaxRecurrenceBytes) return std::nullopt;
  static const std::vector<PlainField> fields = {
      {0, 59, false, {}},
      {0, 23, false, {}},
      {1, 31, true, {}},
      {1,
       12,
       true,
       {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
      {0, 7, true, {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}}};
  std::vector<std::string> words;
  std::string blanks = text;
  std::replace(blanks.begin(), blanks.end(), '\t', ' ');
  for (const std::string& word : Split(blanks, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  if (words.size() != fields.size()) return std::nullopt;
  std::vector<std::set<int>> sets;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto values = List(words[i], fields[i]);
    if (!values) return std::nullopt;
    sets.push_back(*values);
  }
  PlainCron cron{sets[0], sets[1], sets[2], sets[3], sets[4], false};
  if (cron.weekdays.erase(7) > 0) cron.weekdays.insert(0);
  cron.either_day = words[2][0] != '*' && words[4][0] != '*';
  const int longest[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool ever = cron.either_day;
  for (const int month : cron.months) ever = ever || *cron.days.begin() <= longest[month];
  if (!ever) return std::nullopt;
  return cron;
}

bool Matches(const PlainCron& cron, absl::CivilDay day) {
  if (!cron.months.contains(day.month())) return false;
  const bool by_day = cron.days.contains(day.day());
  const int weekday = (static_cast<int>(absl::GetWeekday(day)) + 1) % 7;
  const bool by_weekday = cron.weekdays.contains(weekday);
  return cron.either_day ? by_day || by_weekday : by_day && by_weekday;
}

// The first instant that fires in [from, ...), by trying; `*done` is false if the days tried don't
// tell.
std::optional<absl::Time> FirstByTrying(const PlainCron& cron, const ScheduleQuestion& question,
                                        bool* done) {
  std::optional<absl::Time> best;
  const absl::Time from = std::max(question.after + absl::Nanoseconds(1), question.start);
  const absl::CivilDay first_day = absl::CivilDay(question.zone.At(from).cs) - 2;
  int days_after_best = 0;
  for (absl::CivilDay day = first_day; day < first_day + kDaysTried; ++day) {
    if (best && ++days_after_best > 2) break;
    if (!Matches(cron, day)) continue;
    for (const int hour : cron.hours) {
      for (const int minute : cron.minutes) {
        const absl::CivilSecond local(day.year(), day.month(), day.day(), hour, minute, 0);
        const absl::TimeZone::TimeInfo info = question.zone.At(local);
        const bool skipped = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
        const absl::Time instant = skipped ? info.trans : info.pre;
        if (instant >= from && (!best || instant < *best)) best = instant;
      }
    }
  }
  *done = best.has_value();
  if (best && question.end && *best > *question.end) return std::nullopt;
  return best;
}

}  // namespace

void FuzzCron(absl::string_view input) {
  const ScheduleQuestion question = TakeQuestion(&input);
  const std::string text = TakeLine(&input);
  const auto parsed = domain::ParseCron(text);
  const auto plain = ReadPlainCron(text);
  const auto* rule = std::get_if<domain::CronRule>(&parsed);
  Expect((rule != nullptr) == plain.has_value(), "both readers take or refuse a recurrence", text);
  if (!plain) return;
  const auto next = AskProduct(*rule, question);
  bool done = false;
  const auto tried = FirstByTrying(*plain, question, &done);
  if (done) ExpectSameInstant(next, tried, text);
}

}  // namespace accordion::fuzz
