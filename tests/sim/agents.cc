#include "tests/sim/agents.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace accordion::sim {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(30);

}  // namespace

Agents::Agents(Stage& stage, Fleet& fleet) : stage_(stage), fleet_(fleet) {
  stage_.In(kInterval, [this] { Tick(); });
}

double Agents::LoadOf(int64_t group) {
  const auto [load, is_new] = load_.try_emplace(group, 50.0);
  load->second += 16.0 * (base::UniformUnit(stage_.rng) - 0.5);
  load->second = std::clamp(load->second, 2.0, 98.0);
  if (stage_.faults.healed()) load->second = 50.0;  // within what every policy allows
  return load->second;
}

void Agents::Tick() {
  stage_.In(kInterval, [this] { Tick(); });
  std::map<std::string, std::vector<metrics::Sample>> batches;  // by account
  const absl::Time now = stage_.time.Now();
  for (const auto& [id, group] : stage_.truth.groups()) {
    if (!group.row.has_value()) continue;
    const double load = LoadOf(id);
    for (const auto& [instance, member] : group.members) {
      if (stage_.faults.Strikes(Fault::kSilentAgent)) silent_.insert(instance);
      if (base::UniformUnit(stage_.rng) < 0.05) silent_.erase(instance);
      if (silent_.count(instance) != 0 && !stage_.faults.healed()) continue;
      metrics::Sample sample{.resource_id = instance,
                             .dimension = domain::Dimension::kCpuUsage,
                             .time = now,
                             .value = load};
      if (stage_.faults.Strikes(Fault::kBadSample)) {
        switch (base::UniformBelow(stage_.faults.rng(), 3)) {
          case 0:
            sample.value = std::numeric_limits<double>::quiet_NaN();
            break;
          case 1:
            sample.time = now + absl::Hours(1);
            break;
          default:
            sample.time = now - absl::Minutes(20);
        }
      }
      const bool sound = sample.time == now && sample.value == load;
      if (sound) stage_.samples.Add(instance, now, load);
      batches[group.account].push_back(sample);
    }
  }
  for (const auto& [account, batch] : batches) fleet_.Push(domain::AccountId(account), batch);
}

}  // namespace accordion::sim
