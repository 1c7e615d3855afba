// Metric windows: samples of one period, and the value of a period for a group.
//
// A period is aligned to the epoch (`floor(t / period)`), closes at its end plus the allowed
// lateness, and is judged once. A period without samples is missing: never zero, never breaching
// (semantics.md §5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/scaling_policy.h"

namespace accordion::domain {

// Start of the period that holds `t`.
absl::Time PeriodStart(absl::Time t, absl::Duration period);

// What is kept of one series' samples in one period.
struct Accumulator {
  double sum = 0;
  double min = 0;
  double max = 0;
  uint32_t count = 0;

  void Add(double value);  // NaN and infinities must be dropped by the caller
  void Merge(const Accumulator& other);
  bool empty() const { return count == 0; }
};

// A member's (or a listener's) samples of the period; empty when it was silent.
struct SeriesPeriod {
  std::string resource_id;
  Accumulator samples;
};

enum class Breach { kTrue, kFalse, kMissing };

// One closed period, judged for one rule.
struct PeriodVerdict {
  absl::Time start;
  Breach breach = Breach::kMissing;
  double value = 0;                 // in the rule's unit; meaningful unless kMissing
  int reporting = 0;                // series with samples
  std::vector<std::string> silent;  // resource ids without samples

  friend bool operator==(const PeriodVerdict&, const PeriodVerdict&) = default;
};

// Judges one period. `series` are all members in service for the whole rest of the period (or all
// listeners of the group). With `lowers_capacity`, a breach counts only if it holds for every
// possible value of the silent series (percent: 0..100, traffic: 0..infinity); otherwise it is
// judged on those that report.
PeriodVerdict JudgePeriod(const MetricRule& rule, absl::Time start,
                          absl::Span<const SeriesPeriod> series, bool lowers_capacity);

// `threshold` of the rule in the samples' unit is `threshold * SampleUnits(dimension)`: 1 for
// percent, 10^6 for traffic.
double SampleUnits(Dimension dimension);

bool IsListenerDimension(Dimension dimension);

bool Compare(double value, Comparison comparison, double threshold);

}  // namespace accordion::domain
