// What many runs came to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/sim/simulation.h"

namespace accordion::sim {

class Report {
 public:
  void Add(const RunResult& result);
  // A seed that ran twice; `stable`: in the same way.
  void AddRerun(uint64_t seed, bool stable);

  // As one line of numbers, for another process; Merge reads it back, false if it is none.
  std::string Encode() const;
  bool Merge(absl::string_view line);

  bool ok() const { return failed_.empty() && unstable_.empty(); }
  // Invariants whose precondition no run met.
  std::vector<int> Vacuous() const;
  void Print(double seconds) const;

 private:
  RunResult total_;
  int64_t seeds_ = 0;
  int64_t reruns_ = 0;
  std::vector<uint64_t> failed_;
  std::vector<uint64_t> unstable_;
};

// A failed run, for a person: what was violated and when, the last lines, and how to see it again.
void PrintFailure(const RunResult& result, const RunOptions& options);

}  // namespace accordion::sim
