#include "engine/cloud/manners/call_gate.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "engine/activity/step.h"
#include "engine/ports/compute_cloud.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace accordion::cloud {
namespace {

using activity::FailureClass;
using Outcome = CallGate::Outcome;

class RecordingTelemetry final : public ports::CloudTelemetry {
 public:
  void CloudCalled(absl::string_view, absl::string_view, absl::Duration) override {}
  void CloudCallHeldBack(absl::string_view, absl::string_view reason) override {
    ++held[std::string(reason)];
  }
  void CloudBreaker(absl::string_view action, bool open) override {
    breakers[std::string(action)] = open;
  }
  void CloudAccountsPaused(int accounts) override { paused = accounts; }

  std::map<std::string, int> held;
  std::map<std::string, bool> breakers;
  int paused = 0;
};

class CallGateTest : public ::testing::Test {
 protected:
  void Rebuild(const GateOptions& options) { gate_.emplace(options, clock_, telemetry_); }

  CallGate::Call Call(const char* account, const char* action) const {
    return {.account = domain::AccountId(account),
            .action = action,
            .access_key = "key",
            .launch = absl::string_view(action) == "RunInstances"};
  }
  // Whether it went; it ended so at once.
  bool Goes(const char* account, const char* action, Outcome outcome = Outcome::kAnswered) {
    absl::StatusOr<CallGate::Pass> pass = gate_->Enter(Call(account, action));
    if (pass.ok()) pass->End(outcome);
    failure_ = ports::FailureClassOf(pass.status());
    return pass.ok();
  }
  int CountGoing(const char* account, const char* action, int tries) {
    int went = 0;
    for (int call = 0; call < tries; ++call) went += Goes(account, action) ? 1 : 0;
    return went;
  }

  testing::FakeClock clock_;
  RecordingTelemetry telemetry_;
  std::optional<CallGate> gate_{std::in_place, GateOptions(), clock_, telemetry_};
  FailureClass failure_ = FailureClass::kNone;  // of the last call
};

TEST_F(CallGateTest, BudgetsAreOfTheAccountsActionTheAccountAndTheRegion) {
  GateOptions options{.region_rate = 1000, .account_rate = 50, .action_rate = 20};
  options.action_rates = {{"RunInstances", 5}};
  Rebuild(options);
  EXPECT_EQ(CountGoing("1", "RunInstances", 100), 10);
  EXPECT_EQ(failure_, FailureClass::kThrottled);
  EXPECT_EQ(telemetry_.held["action_rate"], 90);
  EXPECT_EQ(CountGoing("1", "DescribeInstances", 100), 40);
  EXPECT_EQ(CountGoing("1", "DescribeListeners", 100), 40);
  EXPECT_EQ(CountGoing("1", "DescribeSubnets", 100), 10);  // 100 of the account
  EXPECT_EQ(telemetry_.held["account_rate"], 90);
  EXPECT_EQ(CountGoing("2", "RunInstances", 100), 10);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(CountGoing("1", "RunInstances", 100), 5);
}

TEST_F(CallGateTest, TheCloudsTooFastLetsTheActionRest) {
  EXPECT_TRUE(Goes("1", "RunInstances", Outcome::kThrottled));
  EXPECT_FALSE(Goes("1", "RunInstances"));
  EXPECT_TRUE(Goes("1", "TerminateInstances"));
  EXPECT_TRUE(Goes("2", "RunInstances"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_FALSE(Goes("1", "RunInstances"));
  clock_.Advance(absl::Milliseconds(50));
  EXPECT_EQ(CountGoing("1", "RunInstances", 10), 1);
}

TEST_F(CallGateTest, WhatIsLeftOfTheRegionGoesToThoseWhoAskForLittle) {
  Rebuild({.region_rate = 20, .account_rate = 15, .action_rate = 15});
  // 40 in the bucket, of which the last 10 are not for accounts that ask for much.
  EXPECT_EQ(CountGoing("greedy", "DescribeInstances", 100), 30);
  EXPECT_EQ(CountGoing("greedier", "DescribeInstances", 100), 10);
  clock_.Advance(absl::Milliseconds(250));  // 5 more, and nobody has asked for little yet
  EXPECT_FALSE(Goes("greedy", "DescribeSubnets"));
  EXPECT_TRUE(Goes("modest", "TerminateInstances"));
  EXPECT_TRUE(Goes("modest", "DescribeInstances"));
  EXPECT_GT(telemetry_.held["region_rate"], 0);
}

TEST_F(CallGateTest, AnAccountWhoseCallsHangLeavesRoomForOthers) {
  Rebuild({.account_calls = 3});
  std::vector<CallGate::Pass> hanging;
  for (int call = 0; call < 3; ++call) {
    hanging.push_back(*gate_->Enter(Call("1", "DescribeInstances")));
  }
  EXPECT_FALSE(Goes("1", "TerminateInstances"));
  EXPECT_EQ(failure_, FailureClass::kThrottled);
  EXPECT_TRUE(Goes("2", "TerminateInstances"));
  hanging.back().End(Outcome::kFailed);
  hanging.pop_back();
  EXPECT_TRUE(Goes("1", "TerminateInstances"));
}

TEST_F(CallGateTest, AnOpenBreakerHoldsBackLaunchesAndNothingElse) {
  for (const char* action : {"RunInstances", "DescribeInstances", "TerminateInstances"}) {
    for (int call = 0; call < 20; ++call) EXPECT_TRUE(Goes("1", action, Outcome::kFailed));
    EXPECT_TRUE(telemetry_.breakers[action]) << action;
  }
  EXPECT_FALSE(Goes("2", "RunInstances"));  // the region's, not the account's
  EXPECT_EQ(failure_, FailureClass::kTransient);
  EXPECT_TRUE(Goes("1", "DescribeInstances", Outcome::kFailed));
  EXPECT_TRUE(Goes("1", "TerminateInstances", Outcome::kFailed));
  EXPECT_TRUE(Goes("1", "DeregisterInstancesFromListener"));
  clock_.Advance(BreakerOptions().rest);
  EXPECT_TRUE(Goes("2", "RunInstances"));  // the probe
  EXPECT_TRUE(Goes("2", "RunInstances"));
  EXPECT_FALSE(telemetry_.breakers["RunInstances"]);
}

TEST_F(CallGateTest, RefusalsForWhatWasAskedAndFlowControlOpenNoBreaker) {
  for (int call = 0; call < 40; ++call) {
    EXPECT_TRUE(
        Goes("1", "RunInstances", call % 2 == 0 ? Outcome::kThrottled : Outcome::kAnswered));
    clock_.Advance(absl::Seconds(2));
  }
  EXPECT_FALSE(telemetry_.breakers["RunInstances"]);
}

TEST_F(CallGateTest, ARefusedCredentialPausesItsAccount) {
  for (int call = 0; call < 3; ++call) EXPECT_TRUE(Goes("1", "DescribeInstances", Outcome::kAuth));
  EXPECT_EQ(telemetry_.paused, 1);
  EXPECT_FALSE(Goes("1", "TerminateInstances"));
  EXPECT_EQ(failure_, FailureClass::kAuth);
  EXPECT_TRUE(Goes("2", "DescribeInstances"));
  CallGate::Call with_new_key = Call("1", "DescribeInstances");
  with_new_key.access_key = "another";
  absl::StatusOr<CallGate::Pass> pass = gate_->Enter(with_new_key);
  ASSERT_OK(pass.status());
  pass->End(Outcome::kAnswered);
  EXPECT_EQ(telemetry_.paused, 0);
}

TEST_F(CallGateTest, ACredentialThatStaysRefusedIsTriedSevenTimesInTheFirstHour) {
  int sent = 0;
  for (int second = 0; second < 3600; ++second) {
    for (int slot = 0; slot < 50; ++slot) sent += Goes("1", "TerminateInstances", Outcome::kAuth);
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(sent, 3 + 5);  // after 1, 3, 7, 15, 31 minutes
}

// An hour of 40 accounts in virtual time. Each launches and terminates 60 instances at once, every
// five minutes, as after an outage; a call that doesn't go comes back after the slot's back-off.
TEST_F(CallGateTest, InAnHourTheCallsStayWithinTheirBudgetsAndEverybodyGetsThrough) {
  GateOptions options{.region_rate = 50, .account_rate = 8, .action_rate = 6};
  options.action_rates = {{"RunInstances", 4}};
  Rebuild(options);
  const absl::Time begin = clock_.Now();
  const absl::Time end = begin + absl::Hours(1);
  base::SeededRng rng(7);
  struct Slot {
    absl::Time due;
    int number;
    int account;
    const char* action;
    int attempts;
    bool operator<(const Slot& other) const {  // the earliest on top
      return std::tie(due, number) > std::tie(other.due, other.number);
    }
  };
  std::priority_queue<Slot> slots;
  int number = 0;
  for (absl::Time wave = begin; wave < end - absl::Minutes(5); wave += absl::Minutes(5)) {
    for (int account = 0; account < 40; ++account) {
      for (int i = 0; i < 60; ++i) {
        slots.push(
            {wave, number++, account, i % 2 == 0 ? "RunInstances" : "TerminateInstances", 0});
      }
    }
  }
  std::map<std::string, std::deque<absl::Time>> sent;  // by budget
  const auto check = [&](const std::string& budget, double rate, absl::Time now) {
    std::deque<absl::Time>& times = sent[budget];
    times.push_back(now);
    for (const int window : {1, 10}) {
      const auto since = std::upper_bound(times.begin(), times.end(), now - absl::Seconds(window));
      const double allowed = rate * (window + absl::ToDoubleSeconds(options.burst));
      ASSERT_LE(static_cast<double>(times.end() - since), allowed) << budget;
    }
    while (times.front() < now - absl::Seconds(10)) times.pop_front();
  };
  int done = 0;
  int tries = 0;
  while (!slots.empty() && slots.top().due < end) {
    Slot slot = slots.top();
    slots.pop();
    clock_.Advance(slot.due - clock_.Now());
    const std::string account = absl::StrCat(slot.account);
    ++tries;
    if (Goes(account.c_str(), slot.action)) {
      ++done;
      check("region", options.region_rate, slot.due);
      check(account, options.account_rate, slot.due);
      check(absl::StrCat(account, slot.action), slot.action[0] == 'R' ? 4 : 6, slot.due);
      if (HasFatalFailure()) return;
      continue;
    }
    slot.due += activity::Backoff(slot.attempts++, absl::Seconds(1), absl::Minutes(1), rng.Next());
    slots.push(slot);
  }
  EXPECT_TRUE(slots.empty()) << slots.size() << " of " << number << " never got through";
  EXPECT_EQ(done, number);
  EXPECT_GT(tries, 2 * done);  // the budgets were in the way
  EXPECT_LT(tries, 12 * done);
}

}  // namespace
}  // namespace accordion::cloud
