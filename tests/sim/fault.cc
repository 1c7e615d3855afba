#include "tests/sim/fault.h"

#include <cmath>

namespace accordion::sim {
namespace {

// How often a fault that exists strikes, for each time that it could: drawn log-uniformly.
struct Range {
  absl::string_view name;
  double low = 0;
  double high = 0;
};

Range RangeOf(Fault fault) {
  switch (fault) {
    case Fault::kAcceptThenTimeout:
      return {"accept_then_timeout", 0.005, 0.2};
    case Fault::kExecutedThenError:
      return {"executed_then_error", 0.005, 0.2};
    case Fault::kErrorBefore:
      return {"error_before", 0.005, 0.3};
    case Fault::kLateArrival:
      return {"late_arrival", 0.01, 0.3};
    case Fault::kThrottle:
      return {"throttle", 0.01, 0.3};
    case Fault::kSlowCall:
      return {"slow_call", 0.001, 0.1};
    case Fault::kCloudOutage:
      return {"cloud_outage", 0.01, 0.1};
    case Fault::kCredentialRevoked:
      return {"credential_revoked", 0.01, 0.1};
    case Fault::kReadLag:
      return {"read_lag", 0.05, 0.8};
    case Fault::kSkippedRow:
      return {"skipped_row", 0.005, 0.2};
    case Fault::kStockOut:
      return {"stock_out", 0.02, 0.5};
    case Fault::kSubnetFull:
      return {"subnet_full", 0.02, 0.3};
    case Fault::kQuota:
      return {"quota", 0.01, 0.2};
    case Fault::kStuckBoot:
      return {"stuck_boot", 0.01, 0.3};
    case Fault::kFailedBoot:
      return {"failed_boot", 0.01, 0.3};
    case Fault::kSuddenDeath:
      return {"sudden_death", 0.01, 0.2};
    case Fault::kStopped:
      return {"stopped", 0.01, 0.2};
    case Fault::kOutOfBandDelete:
      return {"out_of_band_delete", 0.01, 0.2};
    case Fault::kDoubleRegistration:
      return {"double_registration", 0.01, 0.3};
    case Fault::kCrash:
      return {"crash", 0.00002, 0.002};
    case Fault::kPause:
      return {"pause", 0.00001, 0.0005};
    case Fault::kDroppedHint:
      return {"dropped_hint", 0.05, 1.0};
    case Fault::kFullLane:
      return {"full_lane", 0.01, 0.2};
    case Fault::kDoubtExecuted:
      return {"doubt_executed", 0.0005, 0.05};
    case Fault::kDoubtNotExecuted:
      return {"doubt_not_executed", 0.0005, 0.05};
    case Fault::kStoreError:
      return {"store_error", 0.0005, 0.05};
    case Fault::kStoreOutage:
      return {"store_outage", 0.01, 0.1};
    case Fault::kLeaseOutage:
      return {"lease_outage", 0.01, 0.1};
    case Fault::kSilentAgent:
      return {"silent_agent", 0.02, 0.5};
    case Fault::kBadSample:
      return {"bad_sample", 0.02, 0.3};
    case Fault::kNotifierFails:
      return {"notifier_fails", 0.05, 0.7};
    case Fault::kSlowNotifier:
      return {"slow_notifier", 0.01, 0.2};
    case Fault::kRepeatedRequest:
      return {"repeated_request", 0.05, 0.5};
  }
  return {};
}

}  // namespace

absl::string_view FaultName(Fault fault) { return RangeOf(fault).name; }

Faults::Faults(uint64_t seed, bool calm) : rng_(seed) {
  // Of all faults, between none and most: a share of their own for each run.
  const double share = base::UniformUnit(rng_);
  for (int i = 0; i < kFaultCount; ++i) {
    const Range range = RangeOf(static_cast<Fault>(i));
    const double exists = base::UniformUnit(rng_);
    const double place = base::UniformUnit(rng_);
    if (calm || exists > share) continue;
    rates_[static_cast<size_t>(i)] = range.low * std::pow(range.high / range.low, place);
  }
}

bool Faults::Strikes(Fault fault) {
  if (healed_ || !Exists(fault)) return false;
  if (base::UniformUnit(rng_) >= Rate(fault)) return false;
  Count(fault);
  return true;
}

}  // namespace accordion::sim
