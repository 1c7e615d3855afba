// The sample store: accumulators of the periods that some policy still has to judge. No raw sample
// is kept.
//
// A sample finds its resource by id, its series by dimension, and is added to one bucket a period
// length that some policy needs. What may not count is dropped and told apart by ApplyCounts. A
// period is open until its end plus the lateness, or until its first Read, whichever comes first;
// then it never changes again, so that every policy that judges it sees the same numbers.
//
// Cost: a hash look-up and a few adds a sample. Memory is allocated when a series gets its first
// sample, never a sample after; a series costs about 170 bytes, and 40 more a bucket (3 buckets for
// periods from 100 s on).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/limits.h"
#include "engine/domain/metric_window.h"
#include "engine/domain/types.h"
#include "engine/metrics/series.h"

namespace accordion::metrics {

struct Sample {
  absl::string_view resource_id;  // an instance, or a listener for the listener dimensions
  domain::Dimension dimension = domain::Dimension::kCpuUsage;
  absl::Time time;
  double value = 0;  // percent, or bytes per second
};

// What became of a batch; the sum is its size. The first reason in this order is the one that
// counts.
struct ApplyCounts {
  int64_t not_a_number = 0;  // NaN (stale markers, too) or infinite
  int64_t future = 0;        // further ahead of `now` than the tolerance
  int64_t unknown = 0;       // no group of this engine has the resource
  int64_t foreign = 0;       // the resource is another account's
  int64_t early = 0;         // from before the resource entered service
  int64_t unneeded = 0;      // no policy looks at the dimension
  int64_t duplicate = 0;     // the series has this timestamp already, or may have had it
  int64_t late = 0;          // every period that would hold it is closed
  int64_t accepted = 0;

  friend bool operator==(const ApplyCounts&, const ApplyCounts&) = default;
};

// Period lengths that policies need, by static_cast<size_t>(Dimension).
using NeededPeriods = std::array<std::set<absl::Duration>, domain::kDimensionCount>;

// Thread-safe. Calls don't block but for one another; Apply lets others in between parts of a large
// batch.
class SampleStore {
 public:
  struct Options {
    absl::Duration lateness = domain::kDefaultLateness;
    absl::Duration future_tolerance = domain::kFutureTolerance;
    // How long after its close a period can still be read, at least.
    absl::Duration read_grace = absl::Seconds(30);
  };
  explicit SampleStore(Options options);

  // Series of lengths that stay needed keep their buckets; new lengths begin empty.
  void SetNeededPeriods(const NeededPeriods& periods);

  // Group `owner` counts the resource's samples from `valid_from` on: a member from its entering
  // service, a listener from InfinitePast. Calling it again replaces the owner's `valid_from`.
  // Groups may share a listener; the earliest `valid_from` holds. When it moves to later, open
  // periods that began before it are emptied. False, and nothing changes, if the resource is
  // another account's: a resource has one account.
  bool Track(const domain::GroupId& owner, absl::string_view resource_id,
             const domain::AccountId& account, absl::Time valid_from);
  // Forgets the series with the last owner. Fine if `owner` doesn't track it.
  void Untrack(const domain::GroupId& owner, absl::string_view resource_id);
  // Forgets all resources (the lease was lost); needed periods stay.
  void Clear();

  // Adds what counts. `account` is the pusher's: only its own resources are touched; nullopt may
  // push for any.
  ApplyCounts Apply(const std::optional<domain::AccountId>& account,
                    absl::Span<const Sample> samples, absl::Time now);

  // The resource's samples in the period that begins at `start`; empty if it was silent, isn't
  // tracked, or the length is not needed. Closes the period, and those before it, for all series
  // with that length.
  domain::Accumulator Read(absl::string_view resource_id, domain::Dimension dimension,
                           absl::Duration period, absl::Time start);

  size_t resources() const;

 private:
  struct Owner {
    domain::GroupId group;
    absl::Time valid_from;
  };
  struct Resource {
    domain::AccountId account;
    std::vector<Owner> owners;  // one, but for listeners that groups share
    absl::Time valid_from;      // the earliest of the owners'
    std::array<std::unique_ptr<Series>, domain::kDimensionCount> series;
  };

  void ApplyOne(const std::optional<domain::AccountId>& account, const Sample& sample,
                absl::Time now, ApplyCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetValidFrom(Resource& resource) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Resource> resources_ ABSL_GUARDED_BY(mutex_);
  std::array<PeriodNeeds, domain::kDimensionCount> needs_ ABSL_GUARDED_BY(mutex_);
  int64_t needs_generation_ ABSL_GUARDED_BY(mutex_) = 0;
  // The end of the newest period that was read, by length: what began before it is closed.
  absl::flat_hash_map<absl::Duration, absl::Time> read_until_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::metrics
