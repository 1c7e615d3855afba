// What can go wrong in a run, and how often it does: each seed draws which faults exist and at what
// rate ("swarm"), so that some runs are full of one fault and free of all others.
#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "base/random.h"

namespace accordion::sim {

enum class Fault {
  // Calls to the cloud
  kAcceptThenTimeout,  // executed, never answered
  kExecutedThenError,  // executed, answered 5xx
  kErrorBefore,        // 5xx, not executed
  kLateArrival,        // RunInstances executes minutes later, or expires
  kThrottle,           // 409 bursts
  kSlowCall,           // seconds between call and answer
  kCloudOutage,        // nobody listens, for minutes
  kCredentialRevoked,  // an account's calls are refused, for minutes
  // Reads
  kReadLag,     // new instances are not shown yet; differs from read to read
  kSkippedRow,  // a list passes over a row
  // Capacity
  kStockOut,    // a (type, zone) sells nothing, for minutes
  kSubnetFull,  // a subnet has no addresses
  kQuota,       // the account's quota is used up
  // Instances
  kStuckBoot,
  kFailedBoot,
  kSuddenDeath,         // gone without anybody's call
  kStopped,             // stopped or in error by itself
  kOutOfBandDelete,     // a user terminates it past us
  kDoubleRegistration,  // a registration executes and answers an error
  // Engines
  kCrash,  // at a boundary to store or cloud
  kPause,  // as SIGSTOP, up to 30 minutes
  kDroppedHint,
  kFullLane,
  // Store
  kDoubtExecuted,
  kDoubtNotExecuted,
  kStoreError,
  kStoreOutage,
  kLeaseOutage,
  // Metrics
  kSilentAgent,
  kBadSample,  // NaN, future, late, another account's
  // Notifier
  kNotifierFails,
  kSlowNotifier,
  // Tenants
  kRepeatedRequest,  // sent again although it was answered
};
inline constexpr int kFaultCount = static_cast<int>(Fault::kRepeatedRequest) + 1;
absl::string_view FaultName(Fault fault);

// Decides whether a fault strikes, and counts. Not thread-safe.
class Faults {
 public:
  // Draws the swarm of `seed`; `calm` has none at all.
  Faults(uint64_t seed, bool calm);

  // Whether it strikes here. One draw where the fault exists, none where it doesn't.
  bool Strikes(Fault fault);
  bool Exists(Fault fault) const { return Rate(fault) > 0; }
  // Nothing strikes any more.
  void Heal() { healed_ = true; }
  bool healed() const { return healed_; }
  int64_t Struck(Fault fault) const { return struck_[static_cast<size_t>(fault)]; }
  // Counts one that was decided elsewhere.
  void Count(Fault fault) { ++struck_[static_cast<size_t>(fault)]; }
  base::Rng& rng() { return rng_; }

 private:
  double Rate(Fault fault) const { return rates_[static_cast<size_t>(fault)]; }

  base::SeededRng rng_;
  bool healed_ = false;
  std::array<double, kFaultCount> rates_{};
  std::array<int64_t, kFaultCount> struck_{};
};

}  // namespace accordion::sim
