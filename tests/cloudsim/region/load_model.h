// The load that users offer, and what it does to those who serve it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/random.h"

namespace accordion::cloudsim {

// Requests per second over time: straight lines between the points, flat before the first and after
// the last. An empty curve is no load.
struct LoadCurve {
  absl::Time starts_at;
  std::vector<std::pair<absl::Duration, double>> points;  // since starts_at, requests per second

  double At(absl::Time now) const;
};

// The demand on one listener that `weight` of `total_weight` serves.
double ShareOf(double offered_rps, int weight, int total_weight);

// What an agent on an instance measures.
struct InstanceUsage {
  double cpu_percent = 0;
  double mem_percent = 0;
  double net_out_bytes_per_second = 0;
  double net_in_bytes_per_second = 0;
};

// Bytes of an average request and its answer.
inline constexpr double kRequestBytes = 2'000;
inline constexpr double kResponseBytes = 50'000;
// What an instance without requests shows.
inline constexpr double kIdleCpuPercent = 2.0;
inline constexpr double kIdleMemPercent = 20.0;

// An instance that `rps` reach of the `capacity_rps` that it could serve: cpu follows the share
// (idle at 2 %, capped at 100), memory half of it. What exceeds the capacity isn't answered, so
// that traffic is capped, too.
InstanceUsage UsageAt(double rps, double capacity_rps);

// Offered load by listener. Not thread-safe.
class LoadModel {
 public:
  // `seed` drives the noise only.
  explicit LoadModel(uint64_t seed) : noise_(seed) {}

  // InvalidArgument: points out of order, negative, not finite, or too many. Replaces the
  // listener's curve.
  absl::Status SetCurve(absl::string_view listener_id, LoadCurve curve);
  double OfferedRps(absl::string_view listener_id, absl::Time now) const;

  // UsageAt with up to ±0.5 percentage points of noise on cpu and memory.
  InstanceUsage Measure(double rps, double capacity_rps);

 private:
  std::map<std::string, LoadCurve> curves_;
  base::SeededRng noise_;
};

}  // namespace accordion::cloudsim
