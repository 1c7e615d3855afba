// How long a failed delivery waits, and when an endpoint is left alone (reliability.md C8).
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "base/random.h"

namespace accordion::control {

struct NotifySettings {
  absl::Duration retry_min = absl::Seconds(5);
  absl::Duration retry_max = absl::Hours(1);
  absl::Duration give_up = absl::Hours(24);    // an event's age from which a failure is its last
  absl::Duration poll = absl::Seconds(1);      // events that other processes committed
  absl::Duration claim = absl::Seconds(60);    // longer than any delivery takes
  absl::Duration keep = absl::Hours(24 * 30);  // events that are done, for operators to look at
  int per_endpoint = 2;
  int in_flight = 16;  // deliveries under way in all
};

// Full jitter: uniform up to `retry_min` doubled by each attempt before, at most `retry_max`.
absl::Duration RetryDelay(const NotifySettings& settings, int attempt, base::Rng& rng);

// Which endpoints get nothing for now: those with a delivery under way, and those that did not
// answer several times in a row, until a pause is over; then they are tried again. Not thread-safe.
class EndpointGates {
 public:
  void Begin(const std::string& endpoint);
  // `reached`: the endpoint answered, whatever it said.
  void End(const std::string& endpoint, bool reached, absl::Time now);
  std::vector<std::string> Closed(absl::Time now) const;
  int in_flight() const { return in_flight_; }

 private:
  struct Gate {
    int in_flight = 0;
    int silent = 0;  // failures to answer in a row
    absl::Time closed_until = absl::InfinitePast();
  };
  absl::flat_hash_map<std::string, Gate> gates_;  // only those that are busy or were silent
  int in_flight_ = 0;
};

}  // namespace accordion::control
