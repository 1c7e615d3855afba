// RepeatUnit and RepeatCycle: a plain reader must agree with the product's, and trying every day
// with the product's next firing.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "engine/domain/limits.h"
#include "engine/domain/recurrence.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/schedule_input.h"
#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

constexpr int kDaysTried = 800;  // longer than any cycle, so that trying always tells

std::string Trimmed(const std::string& text) {
  const char* const blanks = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// The numbers of `2,5`, `["2","5"]`, with full-width commas too.
std::optional<std::vector<int>> ReadPlainCycle(const std::string& text) {
  if (text.size() > domain::kMaxRepeatCycleBytes) return std::nullopt;
  const std::string wide = "，";
  std::string list = text;
  for (std::size_t at = list.find(wide); at != std::string::npos; at = list.find(wide)) {
    list.replace(at, wide.size(), ",");
  }
  list = Trimmed(list);
  const bool opens = !list.empty() && list.front() == '[';
  const bool closes = list.size() > 1 && list.back() == ']';
  if (opens != closes || (!opens && list == "]")) return std::nullopt;
  if (opens) list = list.substr(1, list.size() - 2);
  std::vector<int> numbers;
  std::size_t begin = 0;
  while (begin <= list.size()) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string element = Trimmed(list.substr(begin, end - begin));
    begin = end + 1;
    if (element.size() > 1 && element.front() == '"' && element.back() == '"') {
      element = element.substr(1, element.size() - 2);
    }
    if (element.empty() || element.size() > 3 ||
        element.find_first_not_of("0123456789") != std::string::npos) {
      return std::nullopt;
    }
    numbers.push_back(std::stoi(element));
  }
  return numbers;
}

bool IsCycle(const std::string& unit, const std::vector<int>& cycle) {
  const int high = unit == "Day" ? 366 : unit == "Week" ? 7 : 31;
  for (const int number : cycle) {
    if (number < 1 || number > high) return false;
  }
  if (unit == "Day") return cycle.size() == 1;
  if (unit == "Month") return cycle.size() <= 2 && cycle.front() <= cycle.back();
  return unit == "Week";
}

bool Matches(const std::string& unit, const std::vector<int>& cycle, absl::CivilDay first,
             absl::CivilDay day) {
  if (unit == "Day") return day >= first && (day - first) % cycle[0] == 0;
  if (unit == "Month") return day.day() >= cycle.front() && day.day() <= cycle.back();
  const int weekday = static_cast<int>(absl::GetWeekday(day)) + 1;
  return std::find(cycle.begin(), cycle.end(), weekday) != cycle.end();
}

std::optional<absl::Time> FirstByTrying(const std::string& unit, const std::vector<int>& cycle,
                                        const ScheduleQuestion& question) {
  const absl::CivilSecond start = question.zone.At(question.start).cs;
  const absl::Time from = std::max(question.after + absl::Nanoseconds(1), question.start);
  const absl::CivilDay first_day = absl::CivilDay(question.zone.At(from).cs) - 2;
  std::optional<absl::Time> best;
  for (absl::CivilDay day = first_day; day < first_day + kDaysTried; ++day) {
    if (!Matches(unit, cycle, absl::CivilDay(start), day)) continue;
    const absl::TimeZone::TimeInfo info = question.zone.At(absl::CivilSecond(
        day.year(), day.month(), day.day(), start.hour(), start.minute(), start.second()));
    const bool skipped = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
    const absl::Time instant = skipped ? info.trans : info.pre;
    if (instant >= from && (!best || instant < *best)) best = instant;
  }
  if (best && question.end && *best > *question.end) return std::nullopt;
  return best;
}

}  // namespace

void FuzzRepeatCycle(absl::string_view input) {
  const ScheduleQuestion question = TakeQuestion(&input);
  const std::string unit = TakeLine(&input);
  const std::string text(input);  // blanks around numbers may be line feeds
  const auto cycle = domain::ParseRepeatCycle(text);
  const auto plain = ReadPlainCycle(text);
  Expect(cycle == plain, "both readers find the same numbers", text);

  const auto rule = domain::ParseRule({.repeat_unit = unit, .repeat_cycle = text});
  const bool is_rule = plain && IsCycle(unit, *plain);
  if (!unit.empty() || !text.empty()) {
    Expect(std::holds_alternative<domain::Rule>(rule) == is_rule, "both take or refuse a cycle",
           unit + " " + text);
  }
  if (!is_rule) return;
  ExpectSameInstant(AskProduct(std::get<domain::Rule>(rule), question),
                    FirstByTrying(unit, *plain, question), unit + " " + text);
}

}  // namespace accordion::fuzz
