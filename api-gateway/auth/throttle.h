// Token buckets, one for each key (account and action), in bounded memory.
#pragma once

#include <cstddef>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace accordion::gateway {

// Thread-safe.
class Throttle {
 public:
  struct Rate {
    double per_second;  // refill; 0 or less: unlimited
    double burst;       // size of a bucket, at least 1
  };

  Throttle(Rate rate, std::size_t max_buckets) : rate_(rate), max_buckets_(max_buckets) {}

  // Takes one token of `key`'s bucket: zero. Or takes nothing of an empty bucket: how long until
  // there is one.
  absl::Duration Take(absl::string_view key, absl::Time now);

  // What Take would say, without taking.
  absl::Duration Wait(absl::string_view key, absl::Time now) const;

 private:
  struct Bucket {
    double tokens;
    absl::Time filled_at;
  };

  Bucket Refilled(Bucket bucket, absl::Time now) const;
  absl::Duration UntilOne(const Bucket& bucket) const;
  void DropFullBuckets(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Rate rate_;
  const std::size_t max_buckets_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::gateway
