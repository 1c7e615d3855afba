// What many runs came to.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/sim/simulation.h"

namespace accordion::sim {

class Report {
 public:
  void Add(const RunResult& result);
  // A seed whose second run went another way.
  void AddUnstable(uint64_t seed) { unstable_.push_back(seed); }
  bool ok() const { return failed_.empty() && unstable_.empty(); }
  void Print() const;

 private:
  RunResult total_;
  int64_t seeds_ = 0;
  std::vector<uint64_t> failed_;
  std::vector<uint64_t> unstable_;
};

// A failed run, for a person: what was violated and when, the last lines, and how to see it again.
void PrintFailure(const RunResult& result, const RunOptions& options);

}  // namespace accordion::sim
