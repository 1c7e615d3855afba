// Calls that a fault keeps waiting until the operator lets them go, or for ever.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace accordion::cloudsim {

struct HeldCall {
  std::string request_id;
  std::string account_id;
  std::string action;
  std::string stage;  // "before" or "after" executing, "never" answered
  absl::Time arrived_at;
  std::function<void()> resume;  // executes or answers
};

// Thread-safe.
class HeldCalls {
 public:
  void Add(HeldCall call);
  // What is held, oldest first, without `resume`.
  std::vector<HeldCall> List() const;
  // Resumes those that match (an empty text matches all), oldest first, outside the lock; returns
  // how many. Calls that are never to be answered stay.
  int Release(absl::string_view action, absl::string_view request_id);

 private:
  mutable absl::Mutex mutex_;
  std::vector<HeldCall> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::cloudsim
