// Removals: none below min size (I-2), none of what is protected (I-3), none of what isn't ours
// (I-4), in order (I-12), and no member forgotten that lives (I-20); and never many
// at once that nobody asked for (I-5).
#pragma once

#include <deque>
#include <map>
#include <string>

#include "tests/sim/checker.h"

namespace accordion::sim {

class RemovalChecker final : public Checker {
 public:
  RemovalChecker(Truth& truth, Verdict& verdict, absl::Duration drain)
      : Checker(truth, verdict), drain_(drain) {}

  void OnCommit(const CommitNotice& notice) override;
  void BeforeCall(const cloudsim::CallRecord& record) override;

 private:
  void Picked(const CommitNotice& notice, const domain::Member& before,
              const domain::Member& after);
  void DeclaredGone(const CommitNotice& notice, const domain::Member& member);
  void Closed(const CommitNotice& notice, const domain::Member& before);
  void PickedByReplacement(const CommitNotice& notice, const activity::Activity& open,
                           const GroupTruth& group);
  void OrphanEnded(const cloudsim::CallRecord& record, const InstanceTruth& one);
  void Terminated(const cloudsim::CallRecord& record, const InstanceTruth& one);

  const absl::Duration drain_;
  std::map<int64_t, int> replaced_;                              // picks, by activity
  std::map<std::string, std::deque<absl::Time>> orphans_ended_;  // by account
};

}  // namespace accordion::sim
