// Requests: what was acknowledged is there, what was refused left nothing (I-15), a repeat has one
// effect and one answer (I-21), and no account reaches another's (I-23).
#pragma once

#include <map>
#include <string>

#include "tests/sim/api.h"
#include "tests/sim/checker.h"

namespace accordion::sim {

class RequestChecker final : public Checker {
 public:
  using Checker::Checker;

  void OnCommit(const CommitNotice& notice) override;
  void OnCall(const cloudsim::CallRecord& record) override;
  void AtRest(absl::Time now) override;

  // A tenant got `answer` for `request`, the `attempt`-th one with its token.
  void Answered(const ApiRequest& request, const ApiAnswer& answer, int attempt, absl::Time at);
  // The group was acknowledged and not deleted since.
  void Keeps(const std::string& group, absl::Time at);

 private:
  struct RequestTruth {
    int effects = 0;          // commits that changed more than the token
    std::string answer;       // that was given first
    bool answered = false;    // with success
    bool may_repeat = false;  // a Delete that is refused records the wish, each time
  };

  std::map<std::string, RequestTruth> by_id_;  // request id
  std::map<std::string, std::string> tokens_;  // answer kept, by account and token
};

}  // namespace accordion::sim
