#include "engine/metrics/sample_store.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace accordion::metrics {
namespace {

constexpr size_t kSamplesPerLock = 512;  // about 0.1 ms: what a Read may have to wait

// Buckets for all periods that may be open at once, those that may still be read, and one that is
// partly either.
int64_t RingSize(absl::Duration period, const SampleStore::Options& options) {
  const absl::Duration span =
      absl::Ceil(options.lateness + options.future_tolerance + options.read_grace, period);
  return span / period + 2;
}

}  // namespace

SampleStore::SampleStore(Options options) : options_(options) {}

void SampleStore::SetNeededPeriods(const NeededPeriods& periods) {
  absl::MutexLock lock(&mutex_);
  ++needs_generation_;
  for (size_t dimension = 0; dimension < needs_.size(); ++dimension) {
    PeriodNeeds needs{.generation = needs_generation_, .periods = {}};
    for (const absl::Duration period : periods[dimension]) {
      const int64_t nanos = absl::ToInt64Nanoseconds(period);
      const auto before =
          std::find_if(needs_[dimension].periods.begin(), needs_[dimension].periods.end(),
                       [&](const PeriodNeed& need) { return need.period_nanos == nanos; });
      const bool stays = before != needs_[dimension].periods.end();
      needs.periods.push_back({.period_nanos = nanos,
                               .buckets = RingSize(period, options_),
                               .since = stays ? before->since : needs_generation_,
                               .first_open_nanos = 0});
    }
    needs_[dimension] = std::move(needs);
  }
}

bool SampleStore::Track(const domain::GroupId& owner, absl::string_view resource_id,
                        const domain::AccountId& account, absl::Time valid_from) {
  absl::MutexLock lock(&mutex_);
  Resource& resource = resources_[resource_id];
  if (resource.owners.empty()) {
    resource.account = account;
    resource.valid_from = valid_from;
  } else if (resource.account != account) {
    return false;
  }
  const auto mine = std::find_if(resource.owners.begin(), resource.owners.end(),
                                 [&](const Owner& candidate) { return candidate.group == owner; });
  if (mine == resource.owners.end()) {
    resource.owners.push_back({owner, valid_from});
  } else {
    mine->valid_from = valid_from;
  }
  SetValidFrom(resource);
  return true;
}

void SampleStore::Untrack(const domain::GroupId& owner, absl::string_view resource_id) {
  absl::MutexLock lock(&mutex_);
  const auto found = resources_.find(resource_id);
  if (found == resources_.end()) return;
  std::vector<Owner>& owners = found->second.owners;
  owners.erase(std::remove_if(owners.begin(), owners.end(),
                              [&](const Owner& candidate) { return candidate.group == owner; }),
               owners.end());
  if (owners.empty()) {
    resources_.erase(found);
  } else {
    SetValidFrom(found->second);
  }
}

void SampleStore::SetValidFrom(Resource& resource) {
  absl::Time earliest = absl::InfiniteFuture();
  for (const Owner& owner : resource.owners) earliest = std::min(earliest, owner.valid_from);
  if (earliest > resource.valid_from) {
    for (const std::unique_ptr<Series>& series : resource.series) {
      if (series != nullptr) series->ForgetBefore(earliest);
    }
  }
  resource.valid_from = earliest;
}

void SampleStore::Clear() {
  absl::MutexLock lock(&mutex_);
  resources_.clear();
}

ApplyCounts SampleStore::Apply(const std::optional<domain::AccountId>& account,
                               absl::Span<const Sample> samples, absl::Time now) {
  ApplyCounts counts;
  while (!samples.empty()) {
    const absl::Span<const Sample> part = samples.first(std::min(samples.size(), kSamplesPerLock));
    samples.remove_prefix(part.size());
    absl::MutexLock lock(&mutex_);
    for (PeriodNeeds& needs : needs_) {
      for (PeriodNeed& need : needs.periods) {
        // Open are the periods whose end plus lateness lies after `now` and that nobody has read.
        const absl::Duration period = absl::Nanoseconds(need.period_nanos);
        absl::Time first_open = domain::PeriodStart(now - options_.lateness, period);
        const auto read = read_until_.find(period);
        if (read != read_until_.end()) first_open = std::max(first_open, read->second);
        need.first_open_nanos = absl::ToUnixNanos(first_open);
      }
    }
    for (const Sample& sample : part) ApplyOne(account, sample, now, counts);
  }
  return counts;
}

void SampleStore::ApplyOne(const std::optional<domain::AccountId>& account, const Sample& sample,
                           absl::Time now, ApplyCounts& counts) {
  if (!std::isfinite(sample.value)) return void(++counts.not_a_number);
  if (sample.time > now + options_.future_tolerance) return void(++counts.future);
  const auto found = resources_.find(sample.resource_id);
  if (found == resources_.end()) return void(++counts.unknown);
  Resource& resource = found->second;
  if (account.has_value() && resource.account != *account) return void(++counts.foreign);
  if (sample.time < resource.valid_from) return void(++counts.early);
  const auto dimension = static_cast<size_t>(sample.dimension);
  const PeriodNeeds& needs = needs_[dimension];
  if (needs.periods.empty()) return void(++counts.unneeded);
  std::unique_ptr<Series>& series = resource.series[dimension];
  if (series == nullptr) series = std::make_unique<Series>();
  switch (series->Add(needs, sample.time, sample.value)) {
    case Series::Added::kAccepted:
      ++counts.accepted;
      break;
    case Series::Added::kDuplicate:
      ++counts.duplicate;
      break;
    case Series::Added::kLate:
      ++counts.late;
      break;
  }
}

domain::Accumulator SampleStore::Read(absl::string_view resource_id, domain::Dimension dimension,
                                      absl::Duration period, absl::Time start) {
  absl::MutexLock lock(&mutex_);
  absl::Time& read_until = read_until_.try_emplace(period, absl::InfinitePast()).first->second;
  read_until = std::max(read_until, start + period);
  const auto found = resources_.find(resource_id);
  if (found == resources_.end()) return {};
  const std::unique_ptr<Series>& series = found->second.series[static_cast<size_t>(dimension)];
  if (series == nullptr) return {};
  return series->Read(needs_[static_cast<size_t>(dimension)], period, start);
}

size_t SampleStore::resources() const {
  absl::MutexLock lock(&mutex_);
  return resources_.size();
}

}  // namespace accordion::metrics
