#include "tests/cloudsim/region/fault_plan.h"

#include <array>

#include "tests/cloudsim/region/limits.h"

namespace accordion::cloudsim {
namespace {

constexpr std::array kAllModes = {
    FaultMode::kError,       FaultMode::kErrorAfterExecute, FaultMode::kAcceptThenTimeout,
    FaultMode::kDelayBefore, FaultMode::kHoldBefore,        FaultMode::kHold,
    FaultMode::kBootError,   FaultMode::kBootHang};

}  // namespace

absl::string_view FaultModeName(FaultMode mode) {
  switch (mode) {
    case FaultMode::kError:
      return "error";
    case FaultMode::kErrorAfterExecute:
      return "error_after_execute";
    case FaultMode::kAcceptThenTimeout:
      return "accept_then_timeout";
    case FaultMode::kDelayBefore:
      return "delay_before";
    case FaultMode::kHoldBefore:
      return "hold_before";
    case FaultMode::kHold:
      return "hold";
    case FaultMode::kBootError:
      return "boot_error";
    case FaultMode::kBootHang:
      return "boot_hang";
  }
  return "unknown";
}

std::optional<FaultMode> ParseFaultMode(absl::string_view word) {
  for (const FaultMode mode : kAllModes) {
    if (FaultModeName(mode) == word) return mode;
  }
  return std::nullopt;
}

absl::Status FaultPlan::SetRules(std::vector<FaultRule> rules) {
  if (rules.size() > kMaxFaultRules) return absl::InvalidArgumentError("too many fault rules");
  rules_ = std::move(rules);
  return absl::OkStatus();
}

std::optional<FaultRule> FaultPlan::Take(absl::string_view action, absl::string_view account_id) {
  for (FaultRule& rule : rules_) {
    if (rule.count == 0) continue;
    if (!rule.action.empty() && rule.action != action) continue;
    if (!rule.account_id.empty() && rule.account_id != account_id) continue;
    if (rule.count > 0) --rule.count;
    return rule;
  }
  return std::nullopt;
}

void FaultPlan::SetLatency(absl::string_view action, absl::Duration latency) {
  for (auto& [name, value] : latencies_) {
    if (name == action) {
      value = latency;
      return;
    }
  }
  latencies_.emplace_back(std::string(action), latency);
}

absl::Duration FaultPlan::LatencyOf(absl::string_view action) const {
  absl::Duration general = absl::ZeroDuration();
  for (const auto& [name, value] : latencies_) {
    if (name == action) return value;
    if (name.empty()) general = value;
  }
  return general;
}

}  // namespace accordion::cloudsim
