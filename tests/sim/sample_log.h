// What the agents really measured and sent: the oracle of policies.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace accordion::sim {

// Of the last hours only. Not thread-safe.
class SampleLog {
 public:
  void Add(const std::string& instance, absl::Time at, double value) {
    std::deque<std::pair<absl::Time, double>>& samples = by_instance_[instance];
    samples.emplace_back(at, value);
    while (samples.front().first < at - kKept) samples.pop_front();
  }

  struct Range {
    int count = 0;
    double low = 0;
    double high = 0;
  };
  // Of the instance's samples in [from, to).
  Range Of(const std::string& instance, absl::Time from, absl::Time to) const {
    Range range;
    const auto found = by_instance_.find(instance);
    if (found == by_instance_.end()) return range;
    for (const auto& [at, value] : found->second) {
      if (at < from || at >= to) continue;
      range.low = range.count == 0 ? value : std::min(range.low, value);
      range.high = range.count == 0 ? value : std::max(range.high, value);
      ++range.count;
    }
    return range;
  }

 private:
  static constexpr absl::Duration kKept = absl::Hours(1);

  std::map<std::string, std::deque<std::pair<absl::Time, double>>> by_instance_;
};

}  // namespace accordion::sim
