// A circuit breaker over the last calls of one action: it opens when half of them failed, and after
// a rest lets one probe find out whether the cloud is well again.
//
// Only new launches heed it (call_gate.h); of the other actions it is a picture for the operator.
// Refusals that say what is wrong (no stock, a bad parameter, flow control) are answers of a
// service that works, not failures. Times are those of one monotonic clock.
#pragma once

#include <deque>

#include "absl/time/time.h"

namespace accordion::cloud {

struct BreakerOptions {
  int calls = 20;             // that are judged; fewer never open it
  int failures_percent = 50;  // of them that open it
  absl::Duration rest = absl::Seconds(30);
};

// Not thread-safe.
class CircuitBreaker {
 public:
  enum class State {
    kClosed,    // all calls go
    kOpen,      // none should
    kHalfOpen,  // the probe is out
  };

  explicit CircuitBreaker(const BreakerOptions& options) : options_(options) {}

  // Whether a call that heeds the breaker may go.
  bool Admits(absl::Duration now) const;
  // A call goes. True: it is the probe, and its outcome decides.
  bool Begin(absl::Duration now);
  // What became of a call. `probe` is what Begin said of it.
  void End(bool probe, bool failed, absl::Duration now);

  State state() const { return state_; }

 private:
  void Open(absl::Duration now);

  BreakerOptions options_;
  State state_ = State::kClosed;
  absl::Duration probe_at_ = absl::ZeroDuration();  // while open
  std::deque<bool> failed_;                         // the last calls while closed, oldest first
};

const char* BreakerStateName(CircuitBreaker::State state);

}  // namespace accordion::cloud
