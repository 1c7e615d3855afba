// What befalls the cloud: calls that fail in all ways, reads that lag, zones that sell out,
// instances that die. Installs itself at the stage's cloud.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "tests/sim/stage.h"

namespace accordion::sim {

struct WeatherLimits {
  absl::Duration latest_arrival = absl::Minutes(15);  // of a late request: the signature window
  absl::Duration longest_lag = absl::Minutes(4);      // of reads
};

// Not thread-safe.
class Weather {
 public:
  Weather(Stage& stage, const WeatherLimits& limits);

  // All faults end: outages, revoked credentials, empty stock.
  void Heal();

 private:
  std::optional<cloudsim::FaultRule> FaultOf(absl::string_view action, absl::string_view account);
  std::optional<cloudsim::FaultRule> LaunchFault();
  bool Hides(const cloudsim::Instance& instance, bool by_id);
  // Every minute: what time alone brings.
  void Tick();
  void StrikeCapacity();
  void StrikeInstances();
  const cloudsim::Instance* SomeInstance();
  absl::Duration UpTo(absl::Duration longest) {
    return longest * base::UniformUnit(stage_.faults.rng());
  }

  Stage& stage_;
  const WeatherLimits limits_;
  std::map<std::string, absl::Time> revoked_until_;  // by account
  absl::Time full_until_ = absl::InfinitePast();     // subnets
  absl::Time quota_until_ = absl::InfinitePast();
  uint64_t admin_calls_ = 0;
};

}  // namespace accordion::sim
