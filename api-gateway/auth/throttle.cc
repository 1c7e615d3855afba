#include "api-gateway/auth/throttle.h"

#include <algorithm>

namespace accordion::gateway {

bool Throttle::Admit(absl::string_view key, absl::Time now) {
  if (rate_.per_second <= 0) return true;
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= max_buckets_ && !buckets_.contains(key)) {
    DropFullBuckets(now);
    // All remaining ones are in use. Only authenticated accounts and known actions make keys, so
    // this is a very big region with too small a table: serve, rather than punish newcomers.
    if (buckets_.size() >= max_buckets_) return true;
  }
  Bucket& bucket = buckets_.try_emplace(key, Bucket{rate_.burst, now}).first->second;
  Refill(&bucket, now);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void Throttle::Refill(Bucket* bucket, absl::Time now) const {
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - bucket->filled_at));
  bucket->tokens = std::min(rate_.burst, bucket->tokens + seconds * rate_.per_second);
  bucket->filled_at = std::max(bucket->filled_at, now);
}

// A full bucket says nothing that a new one would not.
void Throttle::DropFullBuckets(absl::Time now) {
  for (auto it = buckets_.begin(); it != buckets_.end();) {
    Refill(&it->second, now);
    if (it->second.tokens >= rate_.burst) {
      buckets_.erase(it++);
    } else {
      ++it;
    }
  }
}

}  // namespace accordion::gateway
