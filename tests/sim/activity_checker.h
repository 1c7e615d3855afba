// Activities: at most one open, one end, never changed (I-13), cooldowns (I-14); and groups at
// rest: converged (I-25), whatever hints were dropped (I-24).
#pragma once

#include <map>

#include "tests/sim/checker.h"
#include "tests/sim/fault.h"

namespace accordion::sim {

class ActivityChecker final : public Checker {
 public:
  ActivityChecker(Truth& truth, Verdict& verdict, const Faults& faults)
      : Checker(truth, verdict), faults_(faults) {}

  void OnCommit(const CommitNotice& notice) override;
  void AtRest(absl::Time now) override;
  // Why the group is not at rest; empty if it is.
  std::string Unrest(const GroupTruth& group) const;

 private:
  bool IsRegistered(const domain::ScalingGroup& group, const InstanceTruth& instance) const;
  void Ended(const CommitNotice& notice, const activity::Activity& ended);
  void PolicyActed(const CommitNotice& notice, const domain::ScalingGroup& before,
                   const domain::ScalingGroup& after);

  const Faults& faults_;
};

}  // namespace accordion::sim
