// Time zones and local times for the tests of schedules.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"

namespace accordion::domain {

inline absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
  return zone;
}

inline absl::TimeZone Shanghai() { return Zone("Asia/Shanghai"); }
inline absl::TimeZone Berlin() { return Zone("Europe/Berlin"); }
inline absl::TimeZone NewYork() { return Zone("America/New_York"); }

// The instant of a local time that exists once, "YYYY-MM-DD hh:mm:ss".
inline absl::Time Local(const std::string& text, const absl::TimeZone& zone) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%S", text, zone, &time, &error)) << text << error;
  return time;
}

// With the offset, so that the two passes of an overlap differ.
inline std::string Show(absl::Time time, const absl::TimeZone& zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S %Ez", time, zone);
}

}  // namespace accordion::domain
