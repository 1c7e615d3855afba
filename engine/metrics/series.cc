#include "engine/metrics/series.h"

#include <algorithm>
#include <utility>

namespace accordion::metrics {

int64_t PeriodNumber(int64_t nanos, int64_t period_nanos) {
  const int64_t number = nanos / period_nanos;
  return number * period_nanos > nanos ? number - 1 : number;
}

Series::Bucket& Series::Ring::At(int64_t number) {
  const auto size = static_cast<int64_t>(buckets.size());
  const int64_t place = number % size;
  return buckets[static_cast<size_t>(place < 0 ? place + size : place)];
}

Series::Added Series::Add(const PeriodNeeds& needs, absl::Time time, double value) {
  if (generation_ != needs.generation) Adapt(needs);
  const int64_t nanos = absl::ToUnixNanos(time);
  if (recent_.MayHave(nanos)) return Added::kDuplicate;
  bool accepted = false;
  for (size_t i = 0; i < rings_.size(); ++i) {
    Ring& ring = rings_[i];
    const int64_t number = PeriodNumber(nanos, ring.period_nanos);
    if (number * ring.period_nanos < needs.periods[i].first_open_nanos) continue;
    Bucket& bucket = ring.At(number);
    if (bucket.number > number) continue;  // only if `now` went back: its bucket is gone
    if (bucket.number != number) bucket = {number, {}};
    bucket.samples.Add(value);
    accepted = true;
  }
  if (!accepted) return Added::kLate;
  recent_.Record(nanos);
  return Added::kAccepted;
}

domain::Accumulator Series::Read(const PeriodNeeds& needs, absl::Duration period,
                                 absl::Time start) {
  if (generation_ != needs.generation) Adapt(needs);
  const int64_t period_nanos = absl::ToInt64Nanoseconds(period);
  for (Ring& ring : rings_) {
    if (ring.period_nanos != period_nanos) continue;
    const int64_t number = PeriodNumber(absl::ToUnixNanos(start), period_nanos);
    const Bucket& bucket = ring.At(number);
    return bucket.number == number ? bucket.samples : domain::Accumulator();
  }
  return {};
}

void Series::ForgetBefore(absl::Time start) {
  const int64_t start_nanos = absl::ToUnixNanos(start);
  for (Ring& ring : rings_) {
    for (Bucket& bucket : ring.buckets) {
      if (bucket.number != kNone && bucket.number * ring.period_nanos < start_nanos) bucket = {};
    }
  }
}

void Series::Adapt(const PeriodNeeds& needs) {
  std::vector<Ring> rings;
  rings.reserve(needs.periods.size());
  for (const PeriodNeed& need : needs.periods) {
    const auto kept = std::find_if(rings_.begin(), rings_.end(), [&](const Ring& ring) {
      return ring.period_nanos == need.period_nanos && ring.since == need.since;
    });
    if (kept != rings_.end()) {
      rings.push_back(std::move(*kept));
    } else {
      rings.push_back(
          {need.period_nanos, need.since, std::vector<Bucket>(static_cast<size_t>(need.buckets))});
    }
  }
  rings_ = std::move(rings);
  generation_ = needs.generation;
}

}  // namespace accordion::metrics
