#include "engine/domain/metric_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

constexpr double kUnbounded = 1e18;  // more traffic than any threshold

SeriesPeriod Series(const std::string& id, std::initializer_list<double> samples) {
  SeriesPeriod series{.resource_id = id};
  for (double sample : samples) series.samples.Add(sample);
  return series;
}

MetricRule Rule(Comparison comparison, double threshold, Statistic statistic = Statistic::kAvg,
                Dimension dimension = Dimension::kCpuUsage) {
  return {.dimension = dimension,
          .comparison = comparison,
          .statistic = statistic,
          .threshold = threshold,
          .period = absl::Seconds(60)};
}

Breach Judge(const MetricRule& rule, const std::vector<SeriesPeriod>& series, bool lowers) {
  return JudgePeriod(rule, kNow, series, lowers).breach;
}

TEST(MetricWindow, PeriodsAreAlignedToTheEpoch) {
  const absl::Duration period = absl::Seconds(300);
  EXPECT_EQ(PeriodStart(kNow, period), kNow);
  EXPECT_EQ(PeriodStart(kNow + absl::Seconds(299), period), kNow);
  EXPECT_EQ(PeriodStart(kNow + period - absl::Nanoseconds(1), period), kNow);
  EXPECT_EQ(PeriodStart(kNow + period, period), kNow + period);
  EXPECT_EQ(PeriodStart(absl::UnixEpoch() - absl::Seconds(1), period), absl::UnixEpoch() - period);
}

TEST(MetricWindow, AnAccumulatorKeepsSumCountAndExtremes) {
  Accumulator accumulator;
  EXPECT_TRUE(accumulator.empty());
  for (double sample : {5.0, 9.0, 4.0}) accumulator.Add(sample);
  EXPECT_EQ(accumulator.sum, 18);
  EXPECT_EQ(accumulator.min, 4);
  EXPECT_EQ(accumulator.max, 9);
  EXPECT_EQ(accumulator.count, 3u);
  Accumulator negative;
  negative.Add(-3);
  EXPECT_EQ(negative.max, -3);
  accumulator.Merge(negative);
  accumulator.Merge(Accumulator{});
  EXPECT_EQ(accumulator.min, -3);
  EXPECT_EQ(accumulator.max, 9);
  EXPECT_EQ(accumulator.count, 4u);
}

TEST(MetricWindow, TheAverageIsTheMeanOfTheInstancesMeans) {
  // An instance that pushes more often weighs no more.
  const std::vector<SeriesPeriod> series = {Series("i-1", {90, 90, 90}), Series("i-2", {10})};
  const PeriodVerdict verdict = JudgePeriod(Rule(Comparison::kEqual, 50), kNow, series, false);
  EXPECT_EQ(verdict.value, 50);
  EXPECT_EQ(verdict.breach, Breach::kTrue);
  EXPECT_EQ(verdict.reporting, 2);
  EXPECT_EQ(verdict.start, kNow);
}

TEST(MetricWindow, MinAndMaxAreOverAllSamples) {
  const std::vector<SeriesPeriod> series = {Series("i-1", {30, 90}), Series("i-2", {10, 20})};
  EXPECT_EQ(JudgePeriod(Rule(Comparison::kLess, 50, Statistic::kMin), kNow, series, false).value,
            10);
  EXPECT_EQ(JudgePeriod(Rule(Comparison::kLess, 50, Statistic::kMax), kNow, series, false).value,
            90);
}

TEST(MetricWindow, ComparisonsAreExactAtTheThreshold) {
  struct Row {
    Comparison comparison;
    bool below, at, above;
  };
  for (const Row& row : {
           Row{Comparison::kGreater, false, false, true},
           Row{Comparison::kEqualOrGreater, false, true, true},
           Row{Comparison::kLess, true, false, false},
           Row{Comparison::kEqualOrLess, true, true, false},
           Row{Comparison::kEqual, false, true, false},
           Row{Comparison::kNotEqual, true, false, true},
       }) {
    EXPECT_EQ(Compare(49, row.comparison, 50), row.below);
    EXPECT_EQ(Compare(50, row.comparison, 50), row.at);
    EXPECT_EQ(Compare(51, row.comparison, 50), row.above);
  }
}

TEST(MetricWindow, TrafficThresholdsAreMegabytesOfTenToTheSixBytes) {
  for (Dimension dimension : {Dimension::kNetInTraffic, Dimension::kNetOutTraffic,
                              Dimension::kListenerInTraffic, Dimension::kListenerOutTraffic}) {
    EXPECT_EQ(SampleUnits(dimension), 1e6);
    const MetricRule rule = Rule(Comparison::kEqualOrGreater, 100, Statistic::kAvg, dimension);
    EXPECT_EQ(Judge(rule, {Series("x", {1e8})}, false), Breach::kTrue);
    EXPECT_EQ(Judge(rule, {Series("x", {1e8 - 1})}, false), Breach::kFalse);
    EXPECT_EQ(JudgePeriod(rule, kNow, {Series("x", {1e8})}, false).value, 100);
  }
  EXPECT_EQ(SampleUnits(Dimension::kCpuUsage), 1);
  EXPECT_EQ(SampleUnits(Dimension::kMemUsage), 1);
}

TEST(MetricWindow, ListenerDimensionsAreTheLastTwo) {
  EXPECT_TRUE(IsListenerDimension(Dimension::kListenerInTraffic));
  EXPECT_TRUE(IsListenerDimension(Dimension::kListenerOutTraffic));
  EXPECT_FALSE(IsListenerDimension(Dimension::kNetInTraffic));
  EXPECT_FALSE(IsListenerDimension(Dimension::kNetOutTraffic));
  EXPECT_FALSE(IsListenerDimension(Dimension::kCpuUsage));
  EXPECT_FALSE(IsListenerDimension(Dimension::kMemUsage));
}

TEST(MetricWindow, APeriodWithoutSamplesIsMissingNeverZero) {
  const MetricRule low = Rule(Comparison::kLess, 50);
  for (bool lowers : {false, true}) {
    EXPECT_EQ(Judge(low, {}, lowers), Breach::kMissing);
    const PeriodVerdict silent =
        JudgePeriod(low, kNow, {Series("i-1", {}), Series("i-2", {})}, lowers);
    EXPECT_EQ(silent.breach, Breach::kMissing);
    EXPECT_EQ(silent.reporting, 0);
    EXPECT_EQ(silent.silent, (std::vector<std::string>{"i-1", "i-2"}));
  }
}

TEST(MetricWindow, ARaiseIsJudgedOnThoseThatReport) {
  const std::vector<SeriesPeriod> series = {Series("i-1", {90}), Series("i-2", {})};
  const PeriodVerdict verdict = JudgePeriod(Rule(Comparison::kGreater, 80), kNow, series, false);
  EXPECT_EQ(verdict.breach, Breach::kTrue);
  EXPECT_EQ(verdict.value, 90);
  EXPECT_EQ(verdict.reporting, 1);
  EXPECT_EQ(verdict.silent, std::vector<std::string>{"i-2"});
}

TEST(MetricWindow, AReductionMustHoldForEveryValueOfTheSilent) {
  // Mean of 10 and anything up to 100 is at most 55.
  const std::vector<SeriesPeriod> one_silent = {Series("i-1", {10}), Series("i-2", {})};
  EXPECT_EQ(Judge(Rule(Comparison::kLess, 55), one_silent, true), Breach::kFalse);
  EXPECT_EQ(Judge(Rule(Comparison::kEqualOrLess, 55), one_silent, true), Breach::kTrue);
  EXPECT_EQ(Judge(Rule(Comparison::kLess, 56), one_silent, true), Breach::kTrue);
  // The value that is shown stays the one that was measured.
  EXPECT_EQ(JudgePeriod(Rule(Comparison::kLess, 55), kNow, one_silent, true).value, 10);
  // "max < 50" can't be proven with a silent member, "min < 50" can.
  EXPECT_EQ(Judge(Rule(Comparison::kLess, 50, Statistic::kMax), one_silent, true), Breach::kFalse);
  EXPECT_EQ(Judge(Rule(Comparison::kLess, 50, Statistic::kMin), one_silent, true), Breach::kTrue);
  EXPECT_EQ(Judge(Rule(Comparison::kNotEqual, 30), one_silent, true), Breach::kFalse);
  EXPECT_EQ(Judge(Rule(Comparison::kNotEqual, 70), one_silent, true), Breach::kTrue);
}

TEST(MetricWindow, TrafficOfTheSilentHasNoUpperBound) {
  const std::vector<SeriesPeriod> one_silent = {Series("i-1", {1e6}), Series("i-2", {})};
  for (Statistic statistic : {Statistic::kAvg, Statistic::kMax}) {
    const MetricRule rule = Rule(Comparison::kLess, 1e9, statistic, Dimension::kNetInTraffic);
    EXPECT_EQ(Judge(rule, one_silent, true), Breach::kFalse);
    EXPECT_EQ(Judge(rule, one_silent, false), Breach::kTrue);
  }
  const MetricRule min = Rule(Comparison::kLess, 2, Statistic::kMin, Dimension::kNetInTraffic);
  EXPECT_EQ(Judge(min, one_silent, true), Breach::kTrue);
}

// The law again, straight from its words: the statistic over raw samples, and for reductions over
// every value that could tell the silent from compliant ones.
struct NaivePeriod {
  std::vector<std::vector<double>> samples;  // per series; empty: silent

  double Value(Statistic statistic) const {
    std::vector<double> means;
    std::vector<double> all;
    for (const std::vector<double>& one : samples) {
      if (one.empty()) continue;
      means.push_back(std::accumulate(one.begin(), one.end(), 0.0) /
                      static_cast<double>(one.size()));
      all.insert(all.end(), one.begin(), one.end());
    }
    if (statistic == Statistic::kMin) return *std::min_element(all.begin(), all.end());
    if (statistic == Statistic::kMax) return *std::max_element(all.begin(), all.end());
    return std::accumulate(means.begin(), means.end(), 0.0) / static_cast<double>(means.size());
  }

  int Silent() const {
    return static_cast<int>(
        std::count_if(samples.begin(), samples.end(), [](const auto& one) { return one.empty(); }));
  }

  NaivePeriod WithSilentAt(double value) const {
    NaivePeriod filled = *this;
    for (std::vector<double>& one : filled.samples) {
      if (one.empty()) one = {value};
    }
    return filled;
  }

  Breach Judge(const MetricRule& rule, bool lowers) const {
    const int series = static_cast<int>(samples.size());
    const int silent = Silent();
    if (silent == series) return Breach::kMissing;
    const double threshold = rule.threshold * SampleUnits(rule.dimension);
    if (!lowers || silent == 0) {
      return Compare(Value(rule.statistic), rule.comparison, threshold) ? Breach::kTrue
                                                                        : Breach::kFalse;
    }
    const double highest = SampleUnits(rule.dimension) == 1 ? 100 : kUnbounded;
    const double mean = Value(Statistic::kAvg);
    // The extremes, and the value that puts each statistic exactly on the threshold.
    const double on_threshold = (threshold * series - mean * (series - silent)) / silent;
    for (double value : {0.0, highest, threshold, on_threshold}) {
      if (value < 0 || value > highest) continue;
      const double period_value = WithSilentAt(value).Value(rule.statistic);
      if (!Compare(period_value, rule.comparison, threshold)) return Breach::kFalse;
    }
    return Breach::kTrue;
  }
};

TEST(MetricWindow, AgreesWithTheLawSpelledOut) {
  int proven_with_silent = 0;
  ForAll(
      [&](Random& random) {
        const bool traffic = random.Chance(40);
        MetricRule rule = Rule(
            random.OneOf({Comparison::kGreater, Comparison::kEqualOrGreater, Comparison::kLess,
                          Comparison::kEqualOrLess, Comparison::kEqual, Comparison::kNotEqual}),
            random.Int(traffic ? 1 : 0, 100),
            random.OneOf({Statistic::kAvg, Statistic::kMin, Statistic::kMax}),
            traffic ? Dimension::kNetOutTraffic : Dimension::kMemUsage);
        // One, two or four reporting series and at most two silent ones: every quotient is exact in
        // binary.
        NaivePeriod naive;
        naive.samples.resize(static_cast<size_t>(random.OneOf({1, 2, 4})));
        for (auto& one : naive.samples) {
          const int samples = random.OneOf({1, 2, 4});
          for (int i = 0; i < samples; ++i) {
            one.push_back(random.OneOf({random.Int(0, 100), 0, 100, 50}) *
                          SampleUnits(rule.dimension));
          }
        }
        if (random.Chance(10)) naive.samples.clear();
        naive.samples.resize(naive.samples.size() + static_cast<size_t>(random.Int(0, 2)));
        const bool lowers = random.Chance(60);

        std::vector<SeriesPeriod> series;
        for (const auto& one : naive.samples) {
          series.push_back({.resource_id = absl::StrCat("i-", series.size())});
          for (double sample : one) series.back().samples.Add(sample);
        }
        const PeriodVerdict verdict = JudgePeriod(rule, kNow, series, lowers);
        EXPECT_EQ(verdict.breach, naive.Judge(rule, lowers));
        EXPECT_EQ(verdict.silent.size(), static_cast<size_t>(naive.Silent()));
        if (verdict.breach != Breach::kMissing) {
          EXPECT_DOUBLE_EQ(verdict.value * SampleUnits(rule.dimension),
                           naive.Value(rule.statistic));
          proven_with_silent += lowers && naive.Silent() > 0 && verdict.breach == Breach::kTrue;
        }
      },
      20000);
  EXPECT_GT(proven_with_silent, 100);  // the generator reaches the interesting half
}

TEST(MetricWindow, ASilentMemberNeverHelpsAReduction) {
  ForAll([](Random& random) {
    MetricRule rule =
        Rule(random.OneOf({Comparison::kLess, Comparison::kEqualOrLess, Comparison::kGreater}),
             random.Int(1, 100), random.OneOf({Statistic::kAvg, Statistic::kMin, Statistic::kMax}),
             random.OneOf({Dimension::kCpuUsage, Dimension::kNetInTraffic}));
    std::vector<SeriesPeriod> series;
    const int count = random.Int(1, 6);
    for (int i = 0; i < count; ++i) {
      series.push_back(
          Series(absl::StrCat("i-", i), {random.Int(0, 100) * SampleUnits(rule.dimension)}));
    }
    const Breach all_report = Judge(rule, series, true);
    // One agent dies on its host, whatever it would have said.
    series[static_cast<size_t>(random.Int(0, count - 1))].samples = {};
    const Breach one_silent = Judge(rule, series, true);
    if (one_silent == Breach::kTrue) {
      EXPECT_EQ(all_report, Breach::kTrue);
    }
  });
}

}  // namespace
}  // namespace accordion::domain
