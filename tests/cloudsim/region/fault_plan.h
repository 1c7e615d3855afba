// What goes wrong, decided by the operator: rules that match calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::cloudsim {

enum class FaultMode {
  kError,              // answers status and code without executing
  kErrorAfterExecute,  // executes, then answers status and code
  kAcceptThenTimeout,  // executes and never answers
  kDelayBefore,  // executes after `delay`; the signature is checked again then, as a late arrival
                 // would be
  kHoldBefore,   // executes when released; the signature is checked again then
  kHold,         // executes, answers when released
  kBootError,    // RunInstances: the instance ends in state error
  kBootHang,     // RunInstances: the instance stays pending
};
// The word of the admin interface; nullopt for no such word.
absl::string_view FaultModeName(FaultMode mode);
std::optional<FaultMode> ParseFaultMode(absl::string_view word);

struct FaultRule {
  std::string action;      // exact; empty matches every action
  std::string account_id;  // empty matches every account
  FaultMode mode = FaultMode::kError;
  int count = 1;  // calls that it still hits; negative: without end
  int http_status = 500;
  std::string code = "InternalFailure";
  std::string message = "The request processing has failed due to some unknown error";
  absl::Duration delay = absl::ZeroDuration();
};

// Rules in order, the first one that matches and isn't used up wins; and a latency for each action,
// which delays the answer of a call that has executed. Not thread-safe.
class FaultPlan {
 public:
  // Replaces all rules. InvalidArgument when there are too many.
  absl::Status SetRules(std::vector<FaultRule> rules);
  const std::vector<FaultRule>& rules() const { return rules_; }

  // The rule that hits this call, used up by one; nullopt for none.
  std::optional<FaultRule> Take(absl::string_view action, absl::string_view account_id);

  // Empty `action`: all actions without one of their own.
  void SetLatency(absl::string_view action, absl::Duration latency);
  absl::Duration LatencyOf(absl::string_view action) const;

 private:
  std::vector<FaultRule> rules_;
  std::vector<std::pair<std::string, absl::Duration>> latencies_;
};

}  // namespace accordion::cloudsim
