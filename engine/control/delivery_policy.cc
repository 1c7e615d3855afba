#include "engine/control/delivery_policy.h"

#include <algorithm>

namespace accordion::control {
namespace {

constexpr int kSilentUntilClosed = 3;
constexpr absl::Duration kFirstPause = absl::Seconds(10);
constexpr absl::Duration kLongestPause = absl::Minutes(5);

absl::Duration Doubled(absl::Duration first, int times, absl::Duration most) {
  for (int i = 0; i < times && first < most; ++i) first *= 2;
  return std::min(first, most);
}

}  // namespace

absl::Duration RetryDelay(const NotifySettings& settings, int attempt, base::Rng& rng) {
  return base::UniformUnit(rng) * Doubled(settings.retry_min, attempt - 1, settings.retry_max);
}

void EndpointGates::Begin(const std::string& endpoint) {
  ++gates_[endpoint].in_flight;
  ++in_flight_;
}

void EndpointGates::End(const std::string& endpoint, bool reached, absl::Time now) {
  Gate& gate = gates_[endpoint];
  --gate.in_flight;
  --in_flight_;
  gate.silent = reached ? 0 : gate.silent + 1;
  if (gate.silent >= kSilentUntilClosed) {
    gate.closed_until = now + Doubled(kFirstPause, gate.silent - kSilentUntilClosed, kLongestPause);
  }
  if (gate.in_flight == 0 && gate.silent == 0) gates_.erase(endpoint);
}

std::vector<std::string> EndpointGates::Closed(absl::Time now) const {
  std::vector<std::string> closed;
  for (const auto& [endpoint, gate] : gates_) {
    if (gate.in_flight > 0 || gate.closed_until > now) closed.push_back(endpoint);
  }
  return closed;
}

}  // namespace accordion::control
