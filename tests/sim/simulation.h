// One run: a seed's region, engines, tenants and faults; first with faults, then without until all
// must have come to rest.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/fault.h"
#include "tests/sim/trace.h"
#include "tests/sim/verdict.h"

namespace accordion::sim {

struct RunOptions {
  uint64_t seed = 1;
  Trace::Lines lines = Trace::Lines::kNone;
  bool calm = false;  // no faults
  double hours = 0;   // of the phase with faults; 0: as the seed draws it
};

struct RunResult {
  uint64_t seed = 0;
  uint64_t hash = 0;
  int64_t events = 0;
  double simulated_hours = 0;
  double group_hours = 0;  // of the groups that a run begins with
  int engine_starts = 0;
  int64_t requests = 0;
  std::array<int64_t, kFaultCount> struck{};
  std::array<int64_t, kInvariantCount> evaluated{};
  std::array<int64_t, kInvariantCount> exercised{};
  std::optional<Violation> violation;
  double violated_after_seconds = 0;
  std::vector<std::string> last_lines;
};

RunResult Run(const RunOptions& options);

}  // namespace accordion::sim
