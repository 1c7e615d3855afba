#include "engine/metrics/recent_times.h"

#include <algorithm>

namespace accordion::metrics {

bool RecentTimes::MayHave(int64_t nanos) const {
  if (count_ == 0 || nanos > times_[count_ - 1]) return false;  // in order: the common case
  if (count_ == kSize && nanos < times_[0]) return true;
  return std::binary_search(times_.begin(), times_.begin() + count_, nanos);
}

void RecentTimes::Record(int64_t nanos) {
  if (count_ == kSize) {
    std::move(times_.begin() + 1, times_.end(), times_.begin());
    --count_;
  }
  const auto end = times_.begin() + count_;
  const auto place = std::upper_bound(times_.begin(), end, nanos);
  std::move_backward(place, end, end + 1);
  *place = nanos;
  ++count_;
}

}  // namespace accordion::metrics
