#include "api-gateway/auth/throttle.h"

#include <algorithm>

namespace accordion::gateway {

absl::Duration Throttle::Take(absl::string_view key, absl::Time now) {
  if (rate_.per_second <= 0) return absl::ZeroDuration();
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= max_buckets_ && !buckets_.contains(key)) {
    DropFullBuckets(now);
    // All remaining ones are in use: serve, rather than punish newcomers. Accounts and known
    // actions alone cannot get here but in a very big region with too small a table.
    if (buckets_.size() >= max_buckets_) return absl::ZeroDuration();
  }
  Bucket& bucket = buckets_.try_emplace(key, Bucket{rate_.burst, now}).first->second;
  bucket = Refilled(bucket, now);
  const absl::Duration wait = UntilOne(bucket);
  if (wait == absl::ZeroDuration()) bucket.tokens -= 1;
  return wait;
}

absl::Duration Throttle::Wait(absl::string_view key, absl::Time now) const {
  if (rate_.per_second <= 0) return absl::ZeroDuration();
  absl::MutexLock lock(&mutex_);
  const auto found = buckets_.find(key);
  return found == buckets_.end() ? absl::ZeroDuration() : UntilOne(Refilled(found->second, now));
}

Throttle::Bucket Throttle::Refilled(Bucket bucket, absl::Time now) const {
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - bucket.filled_at));
  return {std::min(rate_.burst, bucket.tokens + seconds * rate_.per_second),
          std::max(bucket.filled_at, now)};
}

absl::Duration Throttle::UntilOne(const Bucket& bucket) const {
  if (bucket.tokens >= 1) return absl::ZeroDuration();
  return absl::Seconds((1 - bucket.tokens) / rate_.per_second);
}

// A full bucket says nothing that a new one would not.
void Throttle::DropFullBuckets(absl::Time now) {
  absl::erase_if(buckets_, [&](const auto& entry) {
    return Refilled(entry.second, now).tokens >= rate_.burst;
  });
}

}  // namespace accordion::gateway
