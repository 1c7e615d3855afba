#include "tests/cloudsim/region/load_model.h"

#include <algorithm>
#include <cmath>

#include "tests/cloudsim/region/limits.h"

namespace accordion::cloudsim {

double LoadCurve::At(absl::Time now) const {
  if (points.empty()) return 0;
  const absl::Duration elapsed = now - starts_at;
  if (elapsed <= points.front().first) return points.front().second;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const auto& [from, from_rps] = points[i - 1];
    const auto& [to, to_rps] = points[i];
    if (elapsed >= to) continue;
    return from_rps + (to_rps - from_rps) * absl::FDivDuration(elapsed - from, to - from);
  }
  return points.back().second;
}

double ShareOf(double offered_rps, int weight, int total_weight) {
  return total_weight <= 0 ? 0 : offered_rps * weight / total_weight;
}

InstanceUsage UsageAt(double rps, double capacity_rps) {
  const double served = std::min(rps, capacity_rps);
  const double cpu = std::max(kIdleCpuPercent, 100 * served / capacity_rps);
  return {.cpu_percent = cpu,
          .mem_percent = kIdleMemPercent + cpu / 2,
          .net_out_bytes_per_second = served * kResponseBytes,
          .net_in_bytes_per_second = served * kRequestBytes};
}

absl::Status LoadModel::SetCurve(absl::string_view listener_id, LoadCurve curve) {
  if (curve.points.size() > kMaxCurvePoints) {
    return absl::InvalidArgumentError("the curve has too many points");
  }
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    const double rps = curve.points[i].second;
    if (!std::isfinite(rps) || rps < 0) {
      return absl::InvalidArgumentError("requests per second must be finite and not negative");
    }
    if (i > 0 && curve.points[i].first < curve.points[i - 1].first) {
      return absl::InvalidArgumentError("the curve's points must be in order of time");
    }
  }
  curves_[std::string(listener_id)] = std::move(curve);
  return absl::OkStatus();
}

double LoadModel::OfferedRps(absl::string_view listener_id, absl::Time now) const {
  const auto it = curves_.find(std::string(listener_id));
  return it == curves_.end() ? 0 : it->second.At(now);
}

InstanceUsage LoadModel::Measure(double rps, double capacity_rps) {
  InstanceUsage usage = UsageAt(rps, capacity_rps);
  for (double* percent : {&usage.cpu_percent, &usage.mem_percent}) {
    *percent = std::clamp(*percent + base::UniformUnit(noise_) - 0.5, 0.0, 100.0);
  }
  return usage;
}

}  // namespace accordion::cloudsim
