#include "tests/fuzz/schedule_input.h"

#include <array>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/strip.h"
#include "engine/domain/schedule.h"
#include "tests/fuzz/finding.h"

namespace accordion::fuzz {
namespace {

// A region's zone and the calendars that went wrong elsewhere: summer time on both hemispheres, a
// shift of half an hour, a day that never was (Apia, 30 December 2011), offsets of three quarters.
constexpr std::array<const char*, 8> kZones = {
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
    "Pacific/Apia",  "UTC",           "Asia/Kathmandu",   "Africa/Casablanca"};
constexpr std::uint64_t kSecondsOfRange = std::uint64_t{1} << 32;  // up to 2106

absl::TimeZone ZoneOf(const std::string& name) {
  static const auto* const zones = [] {
    auto* loaded = new std::array<absl::TimeZone, kZones.size()>;
    for (std::size_t i = 0; i < kZones.size(); ++i) {
      Expect(absl::LoadTimeZone(kZones[i], &(*loaded)[i]), "the zone is known", kZones[i]);
    }
    return loaded;
  }();
  for (std::size_t i = 0; i < kZones.size(); ++i) {
    if (name == kZones[i]) return (*zones)[i];
  }
  return (*zones)[name.size() % kZones.size()];
}

absl::Time TimeOf(const std::string& text) {
  const std::uint64_t seconds = std::strtoull(text.c_str(), nullptr, 10) % kSecondsOfRange;
  return absl::FromUnixSeconds(static_cast<std::int64_t>(seconds));
}

}  // namespace

std::string TakeLine(absl::string_view* input) {
  const std::size_t end = input->find('\n');
  std::string line(input->substr(0, end));
  input->remove_prefix(end == absl::string_view::npos ? input->size() : end + 1);
  return line;
}

ScheduleQuestion TakeQuestion(absl::string_view* input) {
  ScheduleQuestion question;
  question.zone = ZoneOf(TakeLine(input));
  question.start = TimeOf(TakeLine(input));
  const std::string end = TakeLine(input);
  if (!end.empty()) question.end = TimeOf(end);
  question.after = TimeOf(TakeLine(input));
  return question;
}

std::optional<absl::Time> AskProduct(const domain::Rule& rule, const ScheduleQuestion& question) {
  const std::optional<absl::Time> next =
      domain::NextOccurrence(rule, question.start, question.end, question.after, question.zone);
  if (next) {
    Expect(*next > question.after, "a firing is later than the last one");
    Expect(*next >= question.start, "a firing is not before StartTime");
    Expect(!question.end || *next <= *question.end, "a firing is not after EndTime");
  }
  return next;
}

void ExpectSameInstant(const std::optional<absl::Time>& product,
                       const std::optional<absl::Time>& tried, const std::string& detail) {
  const auto text = [](const std::optional<absl::Time>& time) {
    return time ? absl::FormatTime(*time, absl::UTCTimeZone()) : std::string("never");
  };
  Expect(product == tried, "the next firing is the first instant that matches",
         detail + "\n  product: " + text(product) + "\n  tried: " + text(tried));
}

}  // namespace accordion::fuzz
