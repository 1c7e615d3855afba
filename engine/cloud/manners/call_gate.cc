#include "engine/cloud/manners/call_gate.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "engine/ports/compute_cloud.h"

namespace accordion::cloud {
namespace {

// The part of the region's bucket that only accounts that ask for little may empty.
constexpr double kReserve = 0.25;

}  // namespace

void CallGate::Pass::End(Outcome outcome) { gate_.End(*this, outcome); }

CallGate::CallGate(GateOptions options, const base::Clock& clock, ports::CloudTelemetry& telemetry)
    : options_(std::move(options)),
      clock_(clock),
      telemetry_(telemetry),
      seats_(options_.account_calls),
      region_(Bucket(options_.region_rate)) {}

TokenBucket CallGate::Bucket(double per_second) const {
  return TokenBucket({.per_second = per_second,
                      .burst = std::max(1.0, per_second * absl::ToDoubleSeconds(options_.burst))});
}

CallGate::Account& CallGate::AccountOf(const domain::AccountId& id) {
  std::unique_ptr<Account>& account = accounts_[id];
  if (account == nullptr) {
    account = std::make_unique<Account>(
        Account{.calls = Bucket(options_.account_rate), .auth = AuthPause(options_.auth)});
  }
  return *account;
}

TokenBucket& CallGate::ActionOf(Account& account, absl::string_view action) const {
  const std::string name(action);
  const auto rate = options_.action_rates.find(name);
  const double per_second =
      rate == options_.action_rates.end() ? options_.action_rate : rate->second;
  return account.actions.try_emplace(name, Bucket(per_second)).first->second;
}

CircuitBreaker& CallGate::BreakerOf(absl::string_view action) {
  return breakers_.try_emplace(std::string(action), options_.breaker).first->second;
}

std::optional<CallGate::Held> CallGate::HeldBack(const Call& call, Account& account,
                                                 absl::Duration now) {
  using activity::FailureClass;
  if (!account.auth.Admits(now)) {
    return Held{FailureClass::kAuth, "auth_pause",
                "the cloud refuses the account's credential; its calls pause"};
  }
  if (call.launch && !BreakerOf(call.action).Admits(now)) {
    return Held{FailureClass::kTransient, "breaker",
                "too many launches in the region fail; new ones pause"};
  }
  if (!ActionOf(account, call.action).Has(now)) {
    return Held{FailureClass::kThrottled, "action_rate",
                "the account's calls of this action are used up for the moment"};
  }
  if (!account.calls.Has(now)) {
    return Held{FailureClass::kThrottled, "account_rate",
                "the account's calls are used up for the moment"};
  }
  const double reserve =
      account.calls.HalfFull(now)
          ? 0
          : options_.region_rate * absl::ToDoubleSeconds(options_.burst) * kReserve;
  if (!region_.Has(now, reserve)) {
    return Held{FailureClass::kThrottled, "region_rate",
                "the region's calls are used up for the moment"};
  }
  return std::nullopt;
}

absl::StatusOr<CallGate::Pass> CallGate::Enter(const Call& call) {
  std::optional<AccountSeats::Seat> seat = seats_.Take(call.account);
  std::optional<Held> held;
  if (!seat.has_value()) {
    held = Held{activity::FailureClass::kThrottled, "account_calls",
                "the account has as many calls under way as it may"};
  }
  CircuitBreaker::State before{};
  CircuitBreaker::State after{};
  bool probe = false;
  if (!held.has_value()) {
    absl::MutexLock lock(&mutex_);
    const absl::Duration now = clock_.BootTime();
    Account& account = AccountOf(call.account);
    const bool was_paused = account.auth.paused();
    account.auth.UseKey(call.access_key);
    CountPaused(was_paused, account.auth.paused());
    held = HeldBack(call, account, now);
    if (!held.has_value()) {
      CircuitBreaker& breaker = BreakerOf(call.action);
      before = breaker.state();
      probe = breaker.Begin(now);
      after = breaker.state();
      account.auth.Begin(now);
      ActionOf(account, call.action).Take(now);
      account.calls.Take(now);
      region_.Take(now);
    }
  }
  if (held.has_value()) {
    telemetry_.CloudCallHeldBack(call.action, held->reason);
    return ports::CloudError(held->failure, held->words);
  }
  TellBreaker(call.action, before, after);
  return Pass(*this, call, *std::move(seat), probe);
}

void CallGate::End(const Pass& pass, Outcome outcome) {
  CircuitBreaker::State before{};
  CircuitBreaker::State after{};
  {
    absl::MutexLock lock(&mutex_);
    const absl::Duration now = clock_.BootTime();
    Account& account = AccountOf(pass.account_);
    switch (outcome) {
      case Outcome::kAnswered:
        JudgeAuth(account, pass.account_, false, now);
        break;
      case Outcome::kThrottled:
        if (options_.throttle_rest > absl::ZeroDuration())
          ActionOf(account, pass.action_).Rest(now, options_.throttle_rest);
        break;
      case Outcome::kAuth:
        JudgeAuth(account, pass.account_, true, now);
        break;
      case Outcome::kFailed:
        break;
    }
    CircuitBreaker& breaker = BreakerOf(pass.action_);
    before = breaker.state();
    breaker.End(pass.probe_, outcome == Outcome::kFailed, now);
    after = breaker.state();
  }
  TellBreaker(pass.action_, before, after);
}

void CallGate::JudgeAuth(Account& account, const domain::AccountId& id, bool refused,
                         absl::Duration now) {
  const bool was_paused = account.auth.paused();
  if (!refused) {
    account.auth.Accepted();
  } else if (account.auth.Refused(now)) {
    base::LogError(
        "the cloud refuses an account's credential; its calls pause",
        {{"account", id.value()}, {"pause", absl::FormatDuration(account.auth.pause())}});
  }
  CountPaused(was_paused, account.auth.paused());
}

void CallGate::CountPaused(bool before, bool after) {
  if (before == after) return;
  paused_ += after ? 1 : -1;
  telemetry_.CloudAccountsPaused(paused_);
}

void CallGate::TellBreaker(absl::string_view action, CircuitBreaker::State before,
                           CircuitBreaker::State after) {
  if (before == after) return;
  telemetry_.CloudBreaker(action, after != CircuitBreaker::State::kClosed);
  if (after == CircuitBreaker::State::kOpen) {
    base::LogError("too many calls to the cloud fail", {{"action", action}});
  } else if (after == CircuitBreaker::State::kClosed) {
    base::LogInfo("calls to the cloud succeed again", {{"action", action}});
  }
}

}  // namespace accordion::cloud
