// A token bucket: at most `burst` calls at once, and `per_second` of them in the long run, so that
// any stretch of t seconds has at most burst + t * per_second calls.
//
// Nobody waits in it: a call that finds no token is not made, and comes back after its own back-off
// (docs/adr/0007-calls-that-cannot-go-come-back.md). Times are those of one monotonic clock.
#pragma once

#include "absl/time/time.h"

namespace accordion::cloud {

struct Rate {
  double per_second = 0;  // > 0
  double burst = 1;       // calls, >= 1
};

// Not thread-safe.
class TokenBucket {
 public:
  // Full.
  explicit TokenBucket(const Rate& rate);

  // Whether a token is there, besides `reserve` that are to stay.
  bool Has(absl::Duration now, double reserve = 0) const;
  // Takes one. Requires Has(now).
  void Take(absl::Duration now);
  // Empties it, and adds nothing until `pause` has passed.
  void Rest(absl::Duration now, absl::Duration pause);
  // Whether it is at least half full.
  bool HalfFull(absl::Duration now) const;

 private:
  // The only state is when it will be full again: exact, and never to be topped up.
  absl::Duration interval_;  // in which one token is added
  absl::Duration capacity_;  // in which it becomes full from empty
  absl::Duration full_at_ = -absl::InfiniteDuration();
};

}  // namespace accordion::cloud
