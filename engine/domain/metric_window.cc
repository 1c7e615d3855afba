#include "engine/domain/metric_window.h"

#include <algorithm>
#include <limits>

namespace accordion::domain {
namespace {

constexpr double kBytesPerMegabyte = 1e6;

// Every value, in the samples' unit, that a period may have.
struct Range {
  double low = 0;
  double high = 0;
};

bool IsPercent(Dimension dimension) {
  return dimension == Dimension::kCpuUsage || dimension == Dimension::kMemUsage;
}

// What a silent series may have measured.
Range PossibleSample(Dimension dimension) {
  return {0, IsPercent(dimension) ? 100 : std::numeric_limits<double>::infinity()};
}

// The reporting series of a period in two numbers' worth of facts.
struct Totals {
  Accumulator samples;  // all samples together
  double sum_of_means = 0;
  int reporting = 0;
  int silent = 0;
};

double ValueOf(Statistic statistic, const Totals& totals) {
  switch (statistic) {
    case Statistic::kAvg:
      return totals.sum_of_means / totals.reporting;
    case Statistic::kMin:
      return totals.samples.min;
    case Statistic::kMax:
      break;
  }
  return totals.samples.max;
}

// The values that the period could have had if the silent series had reported.
Range PossibleValues(Statistic statistic, const Totals& totals, Range sample) {
  switch (statistic) {
    case Statistic::kAvg: {
      const double series = totals.reporting + totals.silent;
      return {(totals.sum_of_means + totals.silent * sample.low) / series,
              (totals.sum_of_means + totals.silent * sample.high) / series};
    }
    case Statistic::kMin:
      return {std::min(totals.samples.min, sample.low), std::min(totals.samples.min, sample.high)};
    case Statistic::kMax:
      break;
  }
  return {std::max(totals.samples.max, sample.low), std::max(totals.samples.max, sample.high)};
}

// Whether the comparison holds for every value of the (closed, unbroken) range.
bool HoldsThroughout(Range range, Comparison comparison, double threshold) {
  if (comparison == Comparison::kNotEqual) {
    return threshold < range.low || threshold > range.high;
  }
  // The other comparisons hold throughout iff they hold at both ends.
  return Compare(range.low, comparison, threshold) && Compare(range.high, comparison, threshold);
}

}  // namespace

absl::Time PeriodStart(absl::Time t, absl::Duration period) {
  return absl::UnixEpoch() + absl::Floor(t - absl::UnixEpoch(), period);
}

void Accumulator::Add(double value) { Merge({value, value, value, 1}); }

void Accumulator::Merge(const Accumulator& other) {
  if (other.empty()) return;
  min = empty() ? other.min : std::min(min, other.min);
  max = empty() ? other.max : std::max(max, other.max);
  sum += other.sum;
  count += other.count;
}

PeriodVerdict JudgePeriod(const MetricRule& rule, absl::Time start,
                          absl::Span<const SeriesPeriod> series, bool lowers_capacity) {
  PeriodVerdict verdict;
  verdict.start = start;
  Totals totals;
  for (const SeriesPeriod& one : series) {
    if (one.samples.empty()) {
      verdict.silent.push_back(one.resource_id);
      continue;
    }
    totals.samples.Merge(one.samples);
    totals.sum_of_means += one.samples.sum / one.samples.count;
    ++totals.reporting;
  }
  totals.silent = static_cast<int>(verdict.silent.size());
  verdict.reporting = totals.reporting;
  if (totals.reporting == 0) return verdict;  // missing: never zero, never breaching

  // Judged in the samples' unit, where an integer threshold is exact.
  const double threshold = rule.threshold * SampleUnits(rule.dimension);
  const double value = ValueOf(rule.statistic, totals);
  const Range possible =
      lowers_capacity && totals.silent > 0
          ? PossibleValues(rule.statistic, totals, PossibleSample(rule.dimension))
          : Range{value, value};
  verdict.value = value / SampleUnits(rule.dimension);
  verdict.breach =
      HoldsThroughout(possible, rule.comparison, threshold) ? Breach::kTrue : Breach::kFalse;
  return verdict;
}

double SampleUnits(Dimension dimension) { return IsPercent(dimension) ? 1 : kBytesPerMegabyte; }

bool IsListenerDimension(Dimension dimension) {
  return dimension == Dimension::kListenerOutTraffic || dimension == Dimension::kListenerInTraffic;
}

bool Compare(double value, Comparison comparison, double threshold) {
  switch (comparison) {
    case Comparison::kGreater:
      return value > threshold;
    case Comparison::kEqualOrGreater:
      return value >= threshold;
    case Comparison::kLess:
      return value < threshold;
    case Comparison::kEqualOrLess:
      return value <= threshold;
    case Comparison::kEqual:
      return value == threshold;
    case Comparison::kNotEqual:
      break;
  }
  return value != threshold;
}

}  // namespace accordion::domain
