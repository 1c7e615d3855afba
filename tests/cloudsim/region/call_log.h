// The ground truth of tests: every call that changed the region, or tried to.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/cloudsim/region/instance.h"

namespace accordion::cloudsim {

// Who calls, as the skin knows it.
struct Call {
  std::string request_id;
  std::string account_id;
  std::string service;  // kec, slb, eip; admin for the operator's hand
  std::string action;
  std::string digest;     // SHA-256 of the sorted parameters, hexadecimal; equal for equal requests
  absl::Time arrived_at;  // first the request, then the region: `executed_at` may be later
};

enum class CallPhase {
  kHeld,      // arrived, and a fault keeps it from executing
  kExecuted,  // took effect, whatever was answered
  kRefused,   // no effect
};
absl::string_view CallPhaseName(CallPhase phase);

// What one call did to one thing. Fields that don't apply are empty.
struct CallEffect {
  std::string instance_id;
  std::string instance_name;
  std::string instance_type;
  std::string subnet_id;
  std::string zone;
  std::vector<Tag> tags;
  std::string listener_id;
  std::string register_id;
  std::string allocation_id;
  int port = 0;
  bool ok = true;
  std::string message;
};

struct CallRecord {
  uint64_t sequence = 0;  // 1, 2, 3 ...
  CallPhase phase = CallPhase::kExecuted;
  Call call;
  absl::Time executed_at;
  std::string outcome;  // "ok" or the error's code
  std::string message;
  std::vector<CallEffect> effects;
};

// Append-only, forgets the oldest beyond its bound. Not thread-safe.
class CallLog {
 public:
  explicit CallLog(std::size_t capacity) : capacity_(capacity) {}

  void Hold(const Call& call, absl::Time now);
  void Execute(const Call& call, absl::Time now, std::vector<CallEffect> effects);
  void Refuse(const Call& call, absl::Time now, const absl::Status& why);

  // Records with a greater sequence than `sequence`, oldest first; at most `limit` of them.
  std::vector<CallRecord> Since(uint64_t sequence, std::size_t limit) const;
  uint64_t last_sequence() const { return next_sequence_ - 1; }

 private:
  void Append(CallRecord record);

  std::size_t capacity_;
  uint64_t next_sequence_ = 1;
  std::deque<CallRecord> records_;
};

}  // namespace accordion::cloudsim
