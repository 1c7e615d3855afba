// A series: one dimension of one resource, as accumulators of the periods that are open.
//
// Each period length has a ring of buckets. A bucket is tagged with the number of its period, so
// that nothing has to be cleared: a newer period takes the bucket over when its first sample comes.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "engine/domain/metric_window.h"
#include "engine/metrics/recent_times.h"

namespace accordion::metrics {

// One period length that some policy needs.
struct PeriodNeed {
  int64_t period_nanos = 0;
  int64_t buckets = 0;  // in the ring: open periods, and closed ones that may still be read
  int64_t since = 0;    // the generation from which on it was needed without a break
  int64_t first_open_nanos = 0;  // periods that began before this are closed; set for each batch
};

// All of one dimension. `generation` grows whenever the lengths change.
struct PeriodNeeds {
  int64_t generation = 0;
  std::vector<PeriodNeed> periods;
};

// Not thread-safe.
class Series {
 public:
  enum class Added { kAccepted, kDuplicate, kLate };

  // Adds the sample to every period that is open for it.
  Added Add(const PeriodNeeds& needs, absl::Time time, double value);
  // The samples of the period that begins at `start`; empty if the length is not needed.
  domain::Accumulator Read(const PeriodNeeds& needs, absl::Duration period, absl::Time start);
  // Forgets the periods that began before `start`.
  void ForgetBefore(absl::Time start);

 private:
  struct Bucket {
    int64_t number = kNone;  // start / period
    domain::Accumulator samples;
  };
  struct Ring {
    int64_t period_nanos = 0;
    int64_t since = 0;
    std::vector<Bucket> buckets;

    Bucket& At(int64_t number);
  };
  static constexpr int64_t kNone = INT64_MIN;

  void Adapt(const PeriodNeeds& needs);

  int64_t generation_ = -1;
  std::vector<Ring> rings_;  // in the order of PeriodNeeds::periods
  RecentTimes recent_;
};

// floor(nanos / period): also right before the epoch.
int64_t PeriodNumber(int64_t nanos, int64_t period_nanos);

}  // namespace accordion::metrics
