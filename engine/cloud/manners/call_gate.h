// The gate that every call to the cloud's OpenAPI passes: budgets, the breaker, the pause of an
// account whose credential is refused, and the share of threads that one account may use.
//
// A call goes at once or not at all. One that may not go was not sent: the caller comes back after
// its own back-off, which has jitter and a cap, so that nothing waits in a thread that others need.
// Budgets lie under the cloud's own limits: one for each account and action, one for each account,
// one for the region. What is left of the region's when it is nearly used up goes to accounts that
// ask for little (docs/adr/0007-calls-that-cannot-go-come-back.md).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/activity/activity.h"
#include "engine/cloud/manners/account_seats.h"
#include "engine/cloud/manners/auth_pause.h"
#include "engine/cloud/manners/circuit_breaker.h"
#include "engine/cloud/manners/token_bucket.h"
#include "engine/domain/types.h"
#include "engine/ports/cloud_telemetry.h"

namespace accordion::cloud {

// The vendor publishes no limits of its OpenAPI: these are guesses that an operator replaces by
// what the account's contract says.
struct GateOptions {
  // Calls per second.
  double region_rate = 500;
  double account_rate = 100;
  double action_rate = 50;  // of an account, for each action that `action_rates` doesn't name
  std::map<std::string, double> action_rates = {{"RunInstances", 20}};
  absl::Duration burst = absl::Seconds(2);  // a rested bucket holds what comes in this time
  // After the cloud's "too fast" the account's calls of that action rest this long; zero: not at
  // all.
  absl::Duration throttle_rest = absl::Seconds(1);
  int account_calls = 12;  // of one account at the same time
  BreakerOptions breaker;
  AuthPauseOptions auth;
};

// Thread-safe.
class CallGate {
 public:
  struct Call {
    domain::AccountId account;
    absl::string_view action;  // one of a few constants: it labels metrics
    absl::string_view access_key;
    bool launch = false;  // a new launch, which an open breaker holds back
  };
  enum class Outcome {
    kAnswered,   // done, or refused for what was asked
    kThrottled,  // the cloud found it too fast
    kAuth,       // the cloud refused the credential
    kFailed,     // 5xx, time-out, no connection, an answer that makes no sense
  };

  // Permission for one call.
  class Pass {
   public:
    // Says once what became of the call.
    void End(Outcome outcome);

   private:
    friend class CallGate;
    Pass(CallGate& gate, const Call& call, AccountSeats::Seat seat, bool probe)
        : gate_(gate),
          account_(call.account),
          action_(call.action),
          seat_(std::move(seat)),
          probe_(probe) {}

    CallGate& gate_;
    domain::AccountId account_;
    std::string action_;
    AccountSeats::Seat seat_;
    bool probe_;
  };

  // `clock` and `telemetry` outlive the gate.
  CallGate(GateOptions options, const base::Clock& clock, ports::CloudTelemetry& telemetry);

  // Else a status of ports::CloudError: kThrottled, kAuth, or kTransient for an open breaker.
  absl::StatusOr<Pass> Enter(const Call& call);
  // For those who wait for another thread's call.
  AccountSeats& seats() { return seats_; }

 private:
  struct Account {
    TokenBucket calls;
    AuthPause auth;
    absl::flat_hash_map<std::string, TokenBucket> actions;
  };
  // Why a call is held back.
  struct Held {
    activity::FailureClass failure;
    const char* reason;  // for metrics
    const char* words;
  };

  TokenBucket Bucket(double per_second) const;
  Account& AccountOf(const domain::AccountId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  TokenBucket& ActionOf(Account& account, absl::string_view action) const;
  CircuitBreaker& BreakerOf(absl::string_view action) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<Held> HeldBack(const Call& call, Account& account, absl::Duration now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const Pass& pass, Outcome outcome);
  // The credential was taken (or refused); keeps count of the paused accounts.
  void JudgeAuth(Account& account, const domain::AccountId& id, bool refused, absl::Duration now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CountPaused(bool before, bool after) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellBreaker(absl::string_view action, CircuitBreaker::State before,
                   CircuitBreaker::State after);

  const GateOptions options_;
  const base::Clock& clock_;
  ports::CloudTelemetry& telemetry_;
  AccountSeats seats_;

  absl::Mutex mutex_;
  TokenBucket region_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<domain::AccountId, std::unique_ptr<Account>> accounts_
      ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, CircuitBreaker> breakers_ ABSL_GUARDED_BY(mutex_);
  int paused_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace accordion::cloud
