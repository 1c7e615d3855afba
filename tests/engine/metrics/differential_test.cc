// Compares the store with a naive one that keeps every sample in maps, over random batches: in
// order, out of order, late, early, sent twice, for resources that come and go and period lengths
// that change.

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/metrics/sample_store.h"
#include "gtest/gtest.h"

namespace accordion::metrics {
namespace {

using domain::Dimension;
using Random = std::mt19937_64;

int Below(Random& random, int bound) {
  return static_cast<int>(random() % static_cast<uint64_t>(bound));
}

// The rules of sample_store.h, as slow and plain as they read. One owner a resource.
class NaiveStore {
 public:
  explicit NaiveStore(SampleStore::Options options) : options_(options) {}

  void SetNeededPeriods(const NeededPeriods& needed) {
    for (auto kept = samples_.begin(); kept != samples_.end();) {
      const auto& [id, dimension, period, start] = kept->first;
      kept = needed[static_cast<size_t>(dimension)].count(period) > 0 ? std::next(kept)
                                                                      : samples_.erase(kept);
    }
    needed_ = needed;
  }

  void Track(const std::string& id, const std::string& account, absl::Time valid_from) {
    const auto known = resources_.find(id);
    if (known != resources_.end() && valid_from > known->second.valid_from) {
      EraseIf(
          [&](const Key& key) { return std::get<0>(key) == id && std::get<3>(key) < valid_from; });
    }
    resources_[id] = {account, valid_from};
  }

  void Untrack(const std::string& id) {
    resources_.erase(id);
    EraseIf([&](const Key& key) { return std::get<0>(key) == id; });
    for (int i = 0; i < domain::kDimensionCount; ++i) times_.erase({id, static_cast<Dimension>(i)});
  }

  void Apply(const std::string& account, const Sample& sample, absl::Time now,
             ApplyCounts& counts) {
    const std::string id(sample.resource_id);
    if (sample.value != sample.value) return void(++counts.not_a_number);
    if (sample.time - now > options_.future_tolerance) return void(++counts.future);
    if (resources_.count(id) == 0) return void(++counts.unknown);
    if (resources_[id].account != account) return void(++counts.foreign);
    if (sample.time < resources_[id].valid_from) return void(++counts.early);
    const std::set<absl::Duration>& periods = needed_[static_cast<size_t>(sample.dimension)];
    if (periods.empty()) return void(++counts.unneeded);
    std::set<absl::Time>& times = times_[{id, sample.dimension}];
    const bool old = times.size() >= RecentTimes::kSize &&
                     sample.time < *std::next(times.rbegin(), RecentTimes::kSize - 1);
    if (old || times.count(sample.time) > 0) return void(++counts.duplicate);
    bool accepted = false;
    for (const absl::Duration period : periods) {
      const absl::Time start = domain::PeriodStart(sample.time, period);
      const auto read = read_.find(period);
      const bool closed = start + period + options_.lateness <= now ||
                          (read != read_.end() && start <= read->second);
      if (closed) continue;
      samples_[{id, sample.dimension, period, start}].push_back(sample.value);
      accepted = true;
    }
    if (!accepted) return void(++counts.late);
    times.insert(sample.time);
    ++counts.accepted;
  }

  std::vector<double> Read(const std::string& id, Dimension dimension, absl::Duration period,
                           absl::Time start) {
    const auto read = read_.try_emplace(period, start).first;
    read->second = std::max(read->second, start);
    const auto found = samples_.find({id, dimension, period, start});
    return found == samples_.end() ? std::vector<double>() : found->second;
  }

 private:
  using Key = std::tuple<std::string, Dimension, absl::Duration, absl::Time>;
  struct Resource {
    std::string account;
    absl::Time valid_from;
  };

  template <typename Predicate>
  void EraseIf(Predicate predicate) {
    for (auto one = samples_.begin(); one != samples_.end();) {
      one = predicate(one->first) ? samples_.erase(one) : std::next(one);
    }
  }

  const SampleStore::Options options_;
  NeededPeriods needed_;
  std::map<std::string, Resource> resources_;
  std::map<Key, std::vector<double>> samples_;
  std::map<std::pair<std::string, Dimension>, std::set<absl::Time>> times_;
  std::map<absl::Duration, absl::Time> read_;
};

class Differential {
 public:
  explicit Differential(uint64_t seed) : random_(seed) { Rearrange(); }

  void Step() {
    now_ += absl::Milliseconds(Below(random_, 2500));
    const int dice = Below(random_, 40);
    if (dice == 0) return ChangeNeeds();
    if (dice < 4) return Rearrange();
    if (dice < 12) return CompareRead();
    CompareApply();
  }

  int64_t read_samples() const { return read_samples_; }
  const ApplyCounts& total() const { return total_; }

 private:
  std::string AnyId() { return absl::StrCat("r", Below(random_, 6)); }
  Dimension AnyDimension() { return static_cast<Dimension>(Below(random_, 3)); }
  absl::Duration AnyPeriod() { return periods_[Below(random_, 4)]; }

  void ChangeNeeds() {
    NeededPeriods needed;
    for (int i = 0; i < 3; ++i) {
      for (const absl::Duration period : periods_) {
        if (Below(random_, 3) > 0) needed[static_cast<size_t>(i)].insert(period);
      }
    }
    store_.SetNeededPeriods(needed);
    naive_.SetNeededPeriods(needed);
  }

  void Rearrange() {
    const std::string id = AnyId();
    if (Below(random_, 8) == 0) {
      store_.Untrack(domain::GroupId(1), id);
      naive_.Untrack(id);
      return;
    }
    naive_.Untrack(id);
    store_.Untrack(domain::GroupId(1), id);
    const std::string account = absl::StrCat("a", Below(random_, 5) == 0 ? 1 : 0);
    absl::Time valid_from =
        Below(random_, 2) == 0 ? absl::InfinitePast() : now_ - absl::Seconds(Below(random_, 60));
    for (int i = 0; i < 1 + Below(random_, 2); ++i) {  // the second time: moved to later
      EXPECT_TRUE(store_.Track(domain::GroupId(1), id, domain::AccountId(account), valid_from));
      naive_.Track(id, account, valid_from);
      valid_from = now_;
    }
  }

  void CompareApply() {
    if (batch_.empty() || Below(random_, 5) > 0) {  // else: the last batch once more
      batch_.clear();
      ids_.clear();
      const int size = 1 + Below(random_, 20);
      for (int i = 0; i < size; ++i) ids_.push_back(AnyId());
      for (int i = 0; i < size; ++i) {
        const bool nan = Below(random_, 50) == 0;
        batch_.push_back(
            {.resource_id = ids_[static_cast<size_t>(i)],
             .dimension = AnyDimension(),
             .time = absl::FromUnixSeconds(absl::ToUnixSeconds(now_)) +
                     absl::Seconds(70 - Below(random_, 120)),
             .value = nan ? std::numeric_limits<double>::quiet_NaN() : Below(random_, 1000) / 7.0});
      }
    }
    ApplyCounts expected;
    for (const Sample& sample : batch_) naive_.Apply("a0", sample, now_, expected);
    const ApplyCounts counts = store_.Apply(domain::AccountId("a0"), batch_, now_);
    ASSERT_EQ(counts, expected) << "accepted " << counts.accepted << " of " << batch_.size()
                                << ", not " << expected.accepted;
    total_.accepted += counts.accepted;
    total_.duplicate += counts.duplicate;
    total_.late += counts.late;
    total_.future += counts.future;
    total_.early += counts.early;
    total_.foreign += counts.foreign;
    total_.unknown += counts.unknown;
    total_.unneeded += counts.unneeded;
    total_.not_a_number += counts.not_a_number;
  }

  // Every resource's samples of a period that just closed, or closed up to the grace ago.
  void CompareRead() {
    const absl::Duration period = AnyPeriod();
    const absl::Time closed =
        now_ - options_.lateness - absl::Milliseconds(Below(random_, 30'000)) - period;
    const absl::Time start = domain::PeriodStart(closed, period);
    if (start + period + options_.lateness + options_.read_grace < now_) return;
    for (int i = 0; i < 6; ++i) {
      for (int d = 0; d < 3; ++d) {
        const std::string id = absl::StrCat("r", i);
        const auto dimension = static_cast<Dimension>(d);
        domain::Accumulator expected;
        for (const double value : naive_.Read(id, dimension, period, start)) expected.Add(value);
        const domain::Accumulator actual = store_.Read(id, dimension, period, start);
        ASSERT_EQ(actual.count, expected.count);
        ASSERT_EQ(actual.sum, expected.sum);
        ASSERT_EQ(actual.min, expected.min);
        ASSERT_EQ(actual.max, expected.max);
        read_samples_ += actual.count;
      }
    }
  }

  const absl::Duration periods_[4] = {absl::Seconds(5), absl::Seconds(30), absl::Seconds(60),
                                      absl::Seconds(300)};
  const SampleStore::Options options_;
  Random random_;
  absl::Time now_ = absl::FromUnixSeconds(1767225600);
  SampleStore store_{options_};
  NaiveStore naive_{options_};
  std::vector<std::string> ids_;
  std::vector<Sample> batch_;
  ApplyCounts total_;
  int64_t read_samples_ = 0;
};

TEST(Differential, TheStoreCountsWhatANaiveOneCounts) {
  ApplyCounts total;
  int64_t read = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Differential run(seed);
    for (int i = 0; i < 1500; ++i) {
      run.Step();
      ASSERT_FALSE(testing::Test::HasFailure()) << "step " << i;
    }
    read += run.read_samples();
    total.accepted += run.total().accepted;
    total.duplicate += run.total().duplicate;
    total.late += run.total().late;
    total.future += run.total().future;
    total.early += run.total().early;
    total.foreign += run.total().foreign;
    total.unknown += run.total().unknown;
    total.unneeded += run.total().unneeded;
    total.not_a_number += run.total().not_a_number;
  }
  // Every fate was met often enough to mean something.
  EXPECT_GT(read, 20'000);
  EXPECT_GT(total.accepted, 20'000);
  for (const int64_t count : {total.duplicate, total.late, total.future, total.early, total.foreign,
                              total.unknown, total.unneeded, total.not_a_number}) {
    EXPECT_GT(count, 1000);
  }
}

}  // namespace
}  // namespace accordion::metrics
