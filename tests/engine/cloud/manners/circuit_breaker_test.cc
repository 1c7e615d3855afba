#include "engine/cloud/manners/circuit_breaker.h"

#include <string>

#include "engine/cloud/manners/auth_pause.h"
#include "gtest/gtest.h"

namespace accordion::cloud {
namespace {

using State = CircuitBreaker::State;

// Plays a script: s and f are calls that succeed and fail, if the breaker admits them; b is a call
// that begins and stays out (its outcome: S or F); r is the rest's end, . half of it.
std::string Play(const char* script, CircuitBreaker& breaker) {
  std::string admitted;
  absl::Duration now = absl::Hours(1);
  bool probe = false;
  for (const char* step = script; *step != '\0'; ++step) {
    switch (*step) {
      case 's':
      case 'f':
        admitted += breaker.Admits(now) ? '1' : '0';
        if (!breaker.Admits(now)) break;
        breaker.End(breaker.Begin(now), *step == 'f', now);
        break;
      case 'b':
        admitted += breaker.Admits(now) ? '1' : '0';
        probe = breaker.Begin(now);
        break;
      case 'S':
      case 'F':
        breaker.End(probe, *step == 'F', now);
        break;
      case 'r':
        now += BreakerOptions().rest;
        break;
      case '.':
        now += BreakerOptions().rest / 2;
        break;
    }
  }
  return admitted;
}

TEST(CircuitBreaker, FollowsItsTable) {
  const std::string nine_of_19 = "fsfsfsfsfsfsfsfsfss";
  const std::string ten_of_20 = nine_of_19 + "f";
  const struct {
    const char* name;
    std::string script;
    State state;
    const char* last;  // whether each of the last calls was admitted
  } rows[] = {
      {"19 failures are too few calls", std::string(19, 'f'), State::kClosed, "1"},
      {"20 failures open", std::string(20, 'f'), State::kOpen, "1"},
      {"half of 20 opens", ten_of_20, State::kOpen, "1"},
      {"less than half stays", nine_of_19 + "s", State::kClosed, "1"},
      {"only the last 20 count", std::string(9, 'f') + std::string(20, 's') + std::string(9, 'f'),
       State::kClosed, "1"},
      {"open admits nothing", ten_of_20 + "ss.s", State::kOpen, "000"},
      {"after the rest a probe goes alone", ten_of_20 + "rbss", State::kHalfOpen, "100"},
      {"a probe that succeeds closes", ten_of_20 + "rbSs", State::kClosed, "11"},
      {"a probe that fails opens for another rest", ten_of_20 + "rbF.s.s", State::kClosed, "101"},
      {"after closing the old failures are forgotten", ten_of_20 + "rs" + std::string(18, 'f'),
       State::kClosed, "1"},
  };
  for (const auto& row : rows) {
    CircuitBreaker breaker{BreakerOptions()};
    const std::string admitted = Play(row.script.c_str(), breaker);
    const std::string last = row.last;
    EXPECT_EQ(breaker.state(), row.state) << row.name;
    EXPECT_EQ(admitted.substr(admitted.size() - last.size()), last) << row.name;
  }
}

TEST(CircuitBreaker, WhatWasUnderWayWhenItOpenedDoesNotDecide) {
  CircuitBreaker breaker{BreakerOptions()};
  const absl::Duration now = absl::Hours(1);
  const bool early = breaker.Begin(now);
  for (int call = 0; call < 20; ++call) breaker.End(breaker.Begin(now), true, now);
  ASSERT_EQ(breaker.state(), State::kOpen);
  breaker.End(early, false, now);
  EXPECT_EQ(breaker.state(), State::kOpen);
  const absl::Duration later = now + BreakerOptions().rest;
  ASSERT_TRUE(breaker.Begin(later));
  breaker.End(early, false, later);
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
}

TEST(AuthPause, BeginsAfterRefusalsInARowAndDoubles) {
  AuthPause pause{AuthPauseOptions()};
  pause.UseKey("a");
  absl::Duration now = absl::Hours(1);
  EXPECT_FALSE(pause.Refused(now));
  EXPECT_FALSE(pause.Refused(now));
  pause.Accepted();  // one right may be lacking, the credential is known
  EXPECT_FALSE(pause.Refused(now));
  EXPECT_FALSE(pause.Refused(now));
  EXPECT_TRUE(pause.Admits(now));
  EXPECT_TRUE(pause.Refused(now));
  EXPECT_FALSE(pause.Refused(now));  // was under way
  for (const int seconds : {60, 120, 240, 480, 960, 1800, 1800}) {
    EXPECT_EQ(pause.pause(), absl::Seconds(seconds));
    EXPECT_FALSE(pause.Admits(now + absl::Seconds(seconds) - absl::Nanoseconds(1)));
    now += absl::Seconds(seconds);
    ASSERT_TRUE(pause.Admits(now));
    pause.Begin(now);
    EXPECT_FALSE(pause.Admits(now));  // one probe at a time
    EXPECT_TRUE(pause.Refused(now));
  }
  now += absl::Minutes(30);
  pause.Begin(now);
  EXPECT_TRUE(pause.Admits(now + AuthPauseOptions().probe));  // the probe was never heard of again
  pause.Accepted();
  EXPECT_TRUE(pause.Admits(now));
  EXPECT_FALSE(pause.paused());
}

TEST(AuthPause, EndsWithAnotherKey) {
  AuthPause pause{AuthPauseOptions()};
  pause.UseKey("a");
  for (int call = 0; call < 3; ++call) pause.Refused(absl::Hours(1));
  pause.UseKey("a");
  EXPECT_FALSE(pause.Admits(absl::Hours(1)));
  pause.UseKey("b");
  EXPECT_TRUE(pause.Admits(absl::Hours(1)));
}

}  // namespace
}  // namespace accordion::cloud
