#include "engine/metrics/sample_store.h"

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace accordion::metrics {
namespace {

using domain::Dimension;

constexpr absl::Duration kMinute = absl::Seconds(60);
const domain::GroupId kGroup(1);
const domain::AccountId kAccount("acc");

absl::Time At(double seconds) { return absl::FromUnixSeconds(1767225600) + absl::Seconds(seconds); }

NeededPeriods CpuPeriods(std::set<absl::Duration> lengths) {
  NeededPeriods needed;
  needed[static_cast<size_t>(Dimension::kCpuUsage)] = std::move(lengths);
  return needed;
}

Sample Cpu(const char* id, absl::Time time, double value) {
  return {.resource_id = id, .dimension = Dimension::kCpuUsage, .time = time, .value = value};
}

class SampleStoreTest : public testing::Test {
 protected:
  SampleStoreTest() {
    store_.SetNeededPeriods(CpuPeriods({kMinute}));
    store_.Track(kGroup, "i-1", kAccount, absl::InfinitePast());
  }

  ApplyCounts Apply(std::vector<Sample> samples, absl::Time now) {
    return store_.Apply(kAccount, samples, now);
  }
  uint32_t CountOf(const char* id, absl::Time start, absl::Duration period = kMinute) {
    return store_.Read(id, Dimension::kCpuUsage, period, start).count;
  }

  SampleStore store_{SampleStore::Options()};
};

TEST_F(SampleStoreTest, AccumulatesByPeriod) {
  const ApplyCounts counts = Apply({Cpu("i-1", At(0), 10), Cpu("i-1", At(30), 50),
                                    Cpu("i-1", At(59.999), 30), Cpu("i-1", At(60), 99)},
                                   At(60));
  EXPECT_EQ(counts, (ApplyCounts{.accepted = 4}));
  const domain::Accumulator first = store_.Read("i-1", Dimension::kCpuUsage, kMinute, At(0));
  EXPECT_EQ(first.count, 3u);
  EXPECT_EQ(first.sum, 90);
  EXPECT_EQ(first.min, 10);
  EXPECT_EQ(first.max, 50);
  EXPECT_EQ(CountOf("i-1", At(60)), 1u);
}

TEST_F(SampleStoreTest, ASilentPeriodIsEmpty) {
  Apply({Cpu("i-1", At(0), 10)}, At(1));
  EXPECT_TRUE(store_.Read("i-1", Dimension::kCpuUsage, kMinute, At(60)).empty());
  EXPECT_TRUE(store_.Read("i-2", Dimension::kCpuUsage, kMinute, At(0)).empty()) << "not tracked";
  EXPECT_TRUE(store_.Read("i-1", Dimension::kMemUsage, kMinute, At(0)).empty());
  EXPECT_TRUE(store_.Read("i-1", Dimension::kCpuUsage, 2 * kMinute, At(0)).empty())
      << "length not needed";
}

TEST_F(SampleStoreTest, TellsWhyASampleDoesNotCount) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  store_.Track(kGroup, "i-other", domain::AccountId("other"), absl::InfinitePast());
  store_.Track(kGroup, "i-new", kAccount, At(100));
  const absl::Time now = At(100);
  EXPECT_EQ(
      Apply({Cpu("i-1", now, kNan), Cpu("i-1", now, kInfinite), Cpu("i-1", now, -kInfinite)}, now),
      (ApplyCounts{.not_a_number = 3}));
  EXPECT_EQ(Apply({Cpu("i-1", At(160.001), 1)}, now), (ApplyCounts{.future = 1}));
  EXPECT_EQ(Apply({Cpu("i-1", At(160), 1)}, now), (ApplyCounts{.accepted = 1}));
  EXPECT_EQ(Apply({Cpu("i-2", now, 1)}, now), (ApplyCounts{.unknown = 1}));
  EXPECT_EQ(Apply({Cpu("i-other", now, 1)}, now), (ApplyCounts{.foreign = 1}));
  EXPECT_EQ(Apply({Cpu("i-new", At(99.999), 1), Cpu("i-new", now, 1)}, now),
            (ApplyCounts{.early = 1, .accepted = 1}));
  EXPECT_EQ(
      Apply({{.resource_id = "i-1", .dimension = Dimension::kMemUsage, .time = now, .value = 1}},
            now),
      (ApplyCounts{.unneeded = 1}));
}

TEST_F(SampleStoreTest, ARegionCollectorPushesForAll) {
  store_.Track(kGroup, "i-other", domain::AccountId("other"), absl::InfinitePast());
  const std::vector<Sample> samples = {Cpu("i-1", At(0), 1), Cpu("i-other", At(0), 1)};
  EXPECT_EQ(store_.Apply(std::nullopt, samples, At(0)), (ApplyCounts{.accepted = 2}));
}

TEST_F(SampleStoreTest, APeriodClosesAtItsEndPlusTheLateness) {
  EXPECT_EQ(Apply({Cpu("i-1", At(59), 1)}, At(69.999)), (ApplyCounts{.accepted = 1}));
  EXPECT_EQ(Apply({Cpu("i-1", At(58), 1)}, At(70)), (ApplyCounts{.late = 1}));
  EXPECT_EQ(CountOf("i-1", At(0)), 1u);
}

TEST_F(SampleStoreTest, TheFirstReadClosesAPeriodForAll) {
  store_.Track(kGroup, "i-2", kAccount, absl::InfinitePast());
  EXPECT_EQ(CountOf("i-1", At(0)), 0u);
  EXPECT_EQ(Apply({Cpu("i-1", At(59), 1), Cpu("i-2", At(59), 1), Cpu("i-1", At(60), 1)}, At(65)),
            (ApplyCounts{.late = 2, .accepted = 1}));
}

TEST_F(SampleStoreTest, ALateSampleOfOneLengthMayBeInTimeForALonger) {
  store_.SetNeededPeriods(CpuPeriods({kMinute, 5 * kMinute}));
  EXPECT_EQ(Apply({Cpu("i-1", At(10), 1)}, At(200)), (ApplyCounts{.accepted = 1}));
  EXPECT_EQ(CountOf("i-1", At(0)), 0u);
  EXPECT_EQ(CountOf("i-1", At(0), 5 * kMinute), 1u);
}

TEST_F(SampleStoreTest, ABatchSentTwiceCountsOnce) {
  std::vector<Sample> batch;
  for (int i = 0; i < 100; ++i) batch.push_back(Cpu("i-1", At(i * 0.5), i));
  EXPECT_EQ(Apply(batch, At(50)), (ApplyCounts{.accepted = 100}));
  EXPECT_EQ(Apply(batch, At(51)), (ApplyCounts{.duplicate = 100}));
  EXPECT_EQ(CountOf("i-1", At(0)), 100u);
}

TEST_F(SampleStoreTest, OutOfOrderSamplesCount) {
  EXPECT_EQ(Apply({Cpu("i-1", At(30), 1), Cpu("i-1", At(10), 2), Cpu("i-1", At(20), 3),
                   Cpu("i-1", At(10), 2)},
                  At(31)),
            (ApplyCounts{.duplicate = 1, .accepted = 3}));
  EXPECT_EQ(store_.Read("i-1", Dimension::kCpuUsage, kMinute, At(0)).sum, 6);
}

TEST_F(SampleStoreTest, AResourceHasOneAccount) {
  EXPECT_FALSE(
      store_.Track(domain::GroupId(2), "i-1", domain::AccountId("other"), absl::InfinitePast()));
  EXPECT_EQ(Apply({Cpu("i-1", At(0), 1)}, At(0)), (ApplyCounts{.accepted = 1}));
  store_.Untrack(kGroup, "i-1");
  EXPECT_TRUE(
      store_.Track(domain::GroupId(2), "i-1", domain::AccountId("other"), absl::InfinitePast()));
  EXPECT_EQ(Apply({Cpu("i-1", At(1), 1)}, At(1)), (ApplyCounts{.foreign = 1}));
}

TEST_F(SampleStoreTest, GroupsShareAListener) {
  const domain::GroupId other(2);
  EXPECT_TRUE(store_.Track(other, "i-1", kAccount, At(1000)));
  EXPECT_EQ(Apply({Cpu("i-1", At(0), 1)}, At(0)), (ApplyCounts{.accepted = 1}))
      << "the earliest holds";
  store_.Untrack(kGroup, "i-1");
  EXPECT_EQ(store_.resources(), 1u);
  EXPECT_EQ(CountOf("i-1", At(0)), 0u) << "from before the one that is left counts";
  EXPECT_EQ(Apply({Cpu("i-1", At(30), 1)}, At(30)), (ApplyCounts{.early = 1}));
  store_.Untrack(other, "i-1");
  store_.Untrack(other, "i-1");
  EXPECT_EQ(store_.resources(), 0u);
}

TEST_F(SampleStoreTest, EnteringServiceAgainForgetsWhatWasBefore) {
  Apply({Cpu("i-1", At(10), 1), Cpu("i-1", At(65), 1)}, At(65));
  store_.Track(kGroup, "i-1", kAccount, At(60));
  EXPECT_EQ(CountOf("i-1", At(0)), 0u);
  EXPECT_EQ(CountOf("i-1", At(60)), 1u) << "a period that began later stays";
}

TEST_F(SampleStoreTest, LengthsThatStayNeededKeepTheirSamples) {
  Apply({Cpu("i-1", At(10), 1)}, At(10));
  store_.SetNeededPeriods(CpuPeriods({kMinute / 2, kMinute}));
  Apply({Cpu("i-1", At(15), 1)}, At(15));
  EXPECT_EQ(CountOf("i-1", At(0), kMinute / 2), 1u);
  EXPECT_EQ(CountOf("i-1", At(0)), 2u);
}

TEST_F(SampleStoreTest, ALengthThatIsNeededAgainBeginsEmpty) {
  Apply({Cpu("i-1", At(10), 1)}, At(10));
  store_.SetNeededPeriods({});
  EXPECT_EQ(Apply({Cpu("i-1", At(11), 1)}, At(11)), (ApplyCounts{.unneeded = 1}));
  store_.SetNeededPeriods(CpuPeriods({kMinute}));
  Apply({Cpu("i-1", At(15), 1)}, At(15));
  EXPECT_EQ(CountOf("i-1", At(0)), 1u) << "or it would have a hole";
}

TEST_F(SampleStoreTest, ForgetsAllWhenTheLeaseIsLost) {
  Apply({Cpu("i-1", At(10), 1)}, At(10));
  store_.Clear();
  EXPECT_EQ(Apply({Cpu("i-1", At(11), 1)}, At(11)), (ApplyCounts{.unknown = 1}));
  store_.Track(kGroup, "i-1", kAccount, absl::InfinitePast());
  EXPECT_EQ(CountOf("i-1", At(0)), 0u);
}

TEST_F(SampleStoreTest, PeriodsBeforeTheEpochAreAligned) {
  const absl::Time old = absl::FromUnixSeconds(-90);
  EXPECT_EQ(Apply({Cpu("i-1", old, 1)}, old), (ApplyCounts{.accepted = 1}));
  EXPECT_EQ(CountOf("i-1", absl::FromUnixSeconds(-120)), 1u);
}

TEST_F(SampleStoreTest, AClockThatGoesBackSpoilsNothing) {
  store_.SetNeededPeriods(CpuPeriods({absl::Seconds(5)}));
  Apply({Cpu("i-1", At(1000), 1)}, At(1000));
  // 24 buckets of 5 s: the sample's place holds a later period.
  EXPECT_EQ(Apply({Cpu("i-1", At(1000 - 22 * 5), 1)}, At(1000 - 22 * 5)), (ApplyCounts{.late = 1}));
  EXPECT_EQ(CountOf("i-1", At(1000), absl::Seconds(5)), 1u);
}

TEST_F(SampleStoreTest, ManyMayPushAndReadAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kSamples = 2000;
  std::atomic<int64_t> accepted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const std::string id = absl::StrCat("i-", t);
      store_.Track(kGroup, id, kAccount, absl::InfinitePast());
      std::vector<Sample> samples;
      for (int i = 0; i < kSamples; ++i) {
        samples.push_back({.resource_id = id,
                           .dimension = Dimension::kCpuUsage,
                           .time = At(i * 0.01),
                           .value = 1});
      }
      accepted += store_.Apply(kAccount, samples, At(20)).accepted;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, kThreads * kSamples);
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(CountOf(absl::StrCat("i-", t).c_str(), At(0)), static_cast<uint32_t>(kSamples));
  }
}

}  // namespace
}  // namespace accordion::metrics
