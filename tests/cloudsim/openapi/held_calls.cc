#include "tests/cloudsim/openapi/held_calls.h"

#include <utility>

namespace accordion::cloudsim {

void HeldCalls::Add(HeldCall call) {
  absl::MutexLock lock(&mutex_);
  calls_.push_back(std::move(call));
}

std::vector<HeldCall> HeldCalls::List() const {
  absl::MutexLock lock(&mutex_);
  std::vector<HeldCall> list = calls_;
  for (HeldCall& call : list) call.resume = nullptr;
  return list;
}

int HeldCalls::Release(absl::string_view action, absl::string_view request_id) {
  std::vector<HeldCall> released;
  {
    absl::MutexLock lock(&mutex_);
    std::vector<HeldCall> kept;
    for (HeldCall& call : calls_) {
      const bool matches = call.stage != "never" && (action.empty() || call.action == action) &&
                           (request_id.empty() || call.request_id == request_id);
      (matches ? released : kept).push_back(std::move(call));
    }
    calls_ = std::move(kept);
  }
  for (const HeldCall& call : released) call.resume();
  return static_cast<int>(released.size());
}

}  // namespace accordion::cloudsim
