#include "tests/cloudsim/region/call_log.h"

#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {

absl::string_view CallPhaseName(CallPhase phase) {
  switch (phase) {
    case CallPhase::kHeld:
      return "held";
    case CallPhase::kExecuted:
      return "executed";
    case CallPhase::kRefused:
      return "refused";
  }
  return "unknown";
}

void CallLog::Append(CallRecord record) {
  record.sequence = next_sequence_++;
  records_.push_back(std::move(record));
  if (records_.size() > capacity_) records_.pop_front();
}

void CallLog::Hold(const Call& call, absl::Time now) {
  Append({.phase = CallPhase::kHeld,
          .call = call,
          .executed_at = now,
          .outcome = "held",
          .message = {},
          .effects = {}});
}

void CallLog::Execute(const Call& call, absl::Time now, std::vector<CallEffect> effects) {
  Append({.phase = CallPhase::kExecuted,
          .call = call,
          .executed_at = now,
          .outcome = "ok",
          .message = {},
          .effects = std::move(effects)});
}

void CallLog::Refuse(const Call& call, absl::Time now, const absl::Status& why) {
  CloudErrorInfo error = CloudErrorInfoOf(why);
  Append({.phase = CallPhase::kRefused,
          .call = call,
          .executed_at = now,
          .outcome = std::move(error.code),
          .message = std::move(error.message),
          .effects = {}});
}

std::vector<CallRecord> CallLog::Since(uint64_t sequence, std::size_t limit) const {
  std::vector<CallRecord> list;
  if (records_.empty()) return list;
  const uint64_t first = records_.front().sequence;
  // Sequences are dense, so the place follows from the number.
  std::size_t i = sequence < first ? 0 : static_cast<std::size_t>(sequence - first + 1);
  for (; i < records_.size() && list.size() < limit; ++i) list.push_back(records_[i]);
  return list;
}

}  // namespace accordion::cloudsim
