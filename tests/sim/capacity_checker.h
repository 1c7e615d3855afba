// Desired capacity: changed by causes alone (I-9), by policies on sound data and once a window
// (I-16), by each due instant of a task once (I-17).
#pragma once

#include <map>
#include <set>
#include <utility>

#include "tests/sim/checker.h"
#include "tests/sim/sample_log.h"

namespace accordion::sim {

class CapacityChecker final : public Checker {
 public:
  CapacityChecker(Truth& truth, Verdict& verdict, const SampleLog& samples)
      : Checker(truth, verdict), samples_(samples) {}

  void OnCommit(const CommitNotice& notice) override;
  void AtRest(absl::Time now) override;

 private:
  struct TaskTruth {
    domain::ScheduledTask row;
    bool edited = false;
  };

  void DesiredChanged(const CommitNotice& notice, const domain::ScalingGroup& before,
                      const domain::ScalingGroup& after);
  void Decided(const CommitNotice& notice, const ports::DecisionRecord& record);
  // Whether the period's breach can be relied on to lower capacity.
  std::string Doubt(const ports::DecisionRecord& record, const domain::PeriodVerdict& period) const;

  const SampleLog& samples_;
  std::map<int64_t, TaskTruth> tasks_;
  std::set<std::pair<int64_t, absl::Time>> occurred_;
};

}  // namespace accordion::sim
