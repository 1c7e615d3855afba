// A scaling policy: a metric alarm with the adjustment that it makes.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "engine/domain/types.h"

namespace accordion::domain {

struct Adjustment {
  AdjustmentType type = AdjustmentType::kQuantityChange;
  int value = 0;  // instances; for kPercentChange percent of desired

  friend bool operator==(const Adjustment&, const Adjustment&) = default;
};

// "`statistic` of `dimension` over `period` is `comparison` `threshold` for `repeat_times`
// periods".
struct MetricRule {
  Dimension dimension = Dimension::kCpuUsage;
  Comparison comparison = Comparison::kGreater;
  Statistic statistic = Statistic::kAvg;
  double threshold = 0;  // in the user's unit: percent, or MB/s with 1 MB = 10^6 bytes
  int repeat_times = 3;  // 1..10
  absl::Duration period = absl::Seconds(300);

  friend bool operator==(const MetricRule&, const MetricRule&) = default;
};

struct ScalingPolicy {
  PolicyId id;
  GroupId group_id;
  AccountId account_id;
  std::string name;
  MetricRule rule;
  Adjustment adjustment;
  absl::Duration cooldown = absl::Seconds(60);
  absl::Time create_time;
  absl::Time edited_at;  // periods that began before an edit never count (semantics.md §5)
  int64_t version = 0;

  friend bool operator==(const ScalingPolicy&, const ScalingPolicy&) = default;
};

}  // namespace accordion::domain
