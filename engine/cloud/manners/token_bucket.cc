#include "engine/cloud/manners/token_bucket.h"

#include <algorithm>
#include <cassert>

namespace accordion::cloud {

TokenBucket::TokenBucket(const Rate& rate)
    : interval_(absl::Seconds(1.0 / rate.per_second)), capacity_(interval_ * rate.burst) {
  assert(rate.per_second > 0 && rate.burst >= 1);
}

bool TokenBucket::Has(absl::Duration now, double reserve) const {
  return std::max(full_at_, now) + interval_ * (1 + reserve) <= now + capacity_;
}

void TokenBucket::Take(absl::Duration now) {
  assert(Has(now));
  full_at_ = std::max(full_at_, now) + interval_;
}

void TokenBucket::Rest(absl::Duration now, absl::Duration pause) {
  full_at_ = std::max(full_at_, now + pause + capacity_);
}

bool TokenBucket::HalfFull(absl::Duration now) const { return full_at_ <= now + capacity_ / 2; }

}  // namespace accordion::cloud
