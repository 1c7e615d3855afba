// Launches: their bound (I-1), their intents (I-7, I-8), and that none is forgotten (I-6).
#pragma once

#include "tests/sim/checker.h"

namespace accordion::sim {

class LaunchChecker final : public Checker {
 public:
  using Checker::Checker;

  void BeforeCommit(const CommitNotice& notice) override;
  void OnCommit(const CommitNotice& notice) override;
  void BeforeCall(const cloudsim::CallRecord& record) override;
  void OnCall(const cloudsim::CallRecord& record) override;
  void AtRest(absl::Time now) override;

 private:
  std::string Words(const GroupTruth& group, const activity::LaunchIntent& planned) const;
  void Planned(const activity::LaunchIntent& intent, absl::Time at);
};

}  // namespace accordion::sim
