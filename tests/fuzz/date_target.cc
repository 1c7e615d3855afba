// Dates: of signatures (X-Amz-Date, Date, Timestamp) and of parameters (local times).
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "api-gateway/auth/sigv4_rules.h"
#include "api-gateway/openapi/parameter_value.h"
#include "base/sigv4.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

bool IsLeap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

struct PlainDate {
  std::int64_t year, month, day, hour, minute, second;
};

bool Exists(const PlainDate& d, std::int64_t last_second) {
  static constexpr std::int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (d.month < 1 || d.month > 12 || d.day < 1) return false;
  const std::int64_t days = kDays[d.month - 1] + (d.month == 2 && IsLeap(d.year) ? 1 : 0);
  return d.day <= days && d.hour <= 23 && d.minute <= 59 && d.second <= last_second;
}

// Seconds since 1970 in UTC, by counting days.
std::int64_t SecondsOf(const PlainDate& d) {
  static constexpr std::int64_t kBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  const std::int64_t years = d.year - 1;  // whole ones before; -1 / 4 must round down
  const std::int64_t leaps = d.year == 0 ? -1 : years / 4 - years / 100 + years / 400;
  std::int64_t days = years * 365 + leaps - 719162 + kBefore[d.month - 1] + d.day - 1;
  if (d.month > 2 && IsLeap(d.year)) ++days;
  return ((days * 24 + d.hour) * 60 + d.minute) * 60 + d.second;
}

// The numbers of `text` where `shape` has digits; nullopt unless every other byte is the shape's.
std::optional<std::string> DigitsBy(const std::string& shape, const std::string& text) {
  if (text.size() != shape.size()) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !is_digit : text[i] != shape[i]) return std::nullopt;
    if (is_digit) digits += text[i];
  }
  return digits;
}

PlainDate DateOf(const std::string& digits) {
  const auto part = [&](std::size_t at, std::size_t size) {
    return static_cast<std::int64_t>(std::stoi(digits.substr(at, size)));
  };
  return {part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2)};
}

std::optional<std::int64_t> PlainAmzDate(const std::string& text) {
  // A leap second is written :60 and counts as the next minute's first.
  if (const auto digits = DigitsBy("00000000T000000Z", text)) {
    const PlainDate date = DateOf(*digits);
    if (!Exists(date, 60)) return std::nullopt;
    return SecondsOf(date);
  }
  for (const int sign : {1, -1}) {
    const auto digits =
        DigitsBy(absl::StrCat("00000000T000000", sign > 0 ? "+" : "-", "00:00"), text);
    if (!digits) continue;
    const PlainDate date = DateOf(*digits);
    const std::int64_t hours = std::stoi(digits->substr(14, 2));
    const std::int64_t minutes = std::stoi(digits->substr(16, 2));
    if (!Exists(date, 60) || hours > 23 || minutes > 59) return std::nullopt;
    return SecondsOf(date) - sign * (hours * 60 + minutes) * 60;
  }
  return std::nullopt;
}

void CheckSignedDates(const std::string& text) {
  const auto amz = base::sigv4::ParseAmzDate(text);
  const auto plain = PlainAmzDate(text);
  Expect(amz.has_value() == plain.has_value(), "both readers take or refuse a date", text);
  if (amz) {
    Expect(absl::ToUnixSeconds(*amz) == *plain, "both readers find the same second",
           absl::StrCat(text, " ", absl::ToUnixSeconds(*amz), " ", *plain));
  }
  if (const auto date = gateway::ParseDateHeader(text)) {
    Expect(date->time > absl::InfinitePast() && date->time < absl::InfiniteFuture(),
           "a date is a point in time", text);
    Expect(!date->text.empty(), "a date has a spelling", text);
    const auto again = gateway::ParseDateHeader(date->text);
    Expect(again && again->time == date->time, "its spelling says the same", text);
  }
}

void CheckLocalTimes(const std::string& text) {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    Expect(absl::LoadTimeZone("Asia/Shanghai", &loaded), "the zone is known");
    return loaded;
  }();
  const auto digits = DigitsBy("0000-00-00 00:00:00", text);
  const bool exists = digits && Exists(DateOf(*digits), 59);
  const auto utc = gateway::ParseLocalTime(text, absl::UTCTimeZone());
  Expect(utc.has_value() == exists, "both readers take or refuse a local time", text);
  if (!exists) return;
  Expect(absl::ToUnixSeconds(*utc) == SecondsOf(DateOf(*digits)), "both find the same second",
         text);
  Expect(gateway::FormatLocalTime(*utc, absl::UTCTimeZone()) == text, "it reads back the same",
         text);
  const auto local = gateway::ParseLocalTime(text, zone);
  Expect(local.has_value(), "every local time is one in each zone", text);
  const std::string shown = gateway::FormatLocalTime(*local, zone);
  Expect(gateway::ParseLocalTime(shown, zone) == local, "what is shown reads back the same", text);
}

}  // namespace

void FuzzDate(absl::string_view input) {
  const std::string text(input);
  CheckSignedDates(text);
  CheckLocalTimes(text);
}

}  // namespace accordion::fuzz
