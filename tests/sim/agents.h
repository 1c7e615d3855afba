// The agents on the instances: each minute one sample of cpu a member, by a load that wanders from
// group to group; some fall silent, some send nonsense.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/sim/fleet.h"

namespace accordion::sim {

// Not thread-safe.
class Agents {
 public:
  Agents(Stage& stage, Fleet& fleet);

 private:
  void Tick();
  double LoadOf(int64_t group);

  Stage& stage_;
  Fleet& fleet_;
  std::map<int64_t, double> load_;  // percent, by group
  std::set<std::string> silent_;    // instances
};

}  // namespace accordion::sim
