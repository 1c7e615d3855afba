// Every number that bounds the domain, with its source. Account quotas are defaults here and rows
// in the store.
#pragma once

#include "absl/time/time.h"

namespace accordion::domain {

// semantics.md §5
inline constexpr int kMaxRepeatTimes = 10;
inline constexpr int kDefaultRepeatTimes = 3;
inline constexpr absl::Duration kDefaultPeriod = absl::Seconds(300);
inline constexpr absl::Duration kMinPeriod =
    absl::Seconds(60);  // floor; an operator may lower it to:
inline constexpr absl::Duration kMinPeriodFloor = absl::Seconds(5);
inline constexpr absl::Duration kMaxPeriod = absl::Hours(24);  // ours: bounds the open accumulators
inline constexpr double kMaxTrafficThreshold = 1e9;  // ours: MB/s; fits a client's 32-bit integer
inline constexpr absl::Duration kDefaultLateness = absl::Seconds(10);
inline constexpr absl::Duration kMinCooldown = absl::Seconds(60);
inline constexpr absl::Duration kMaxCooldown = absl::Hours(24);
// reliability.md C6: samples further in the future are dropped
inline constexpr absl::Duration kFutureTolerance = absl::Seconds(60);

// semantics.md §2
inline constexpr int kMaxInstanceTypes = 10;
inline constexpr int kMaxTags = 10;
inline constexpr int kMaxUserDataBytes = 16 * 1024;
inline constexpr int kMaxClientTokenBytes = 64;
inline constexpr absl::Duration kClientTokenLifetime = absl::Hours(24);

// semantics.md §6
inline constexpr absl::Duration kDefaultMisfireGrace = absl::Minutes(10);
inline constexpr int kMaxDayCycle = 366;          // ours: days; a year, as the API's range says
inline constexpr int kMaxRecurrenceBytes = 256;   // ours: all twelve months by name fit
inline constexpr int kMaxRepeatCycleBytes = 256;  // ours: 31 quoted days fit
inline constexpr int kMaxOccurrencesPerFiring =
    500;  // ours: rows of one transaction after a downtime

// semantics.md §7
inline constexpr absl::Duration kLaunchTimeout = absl::Minutes(15);
inline constexpr absl::Duration kStockBackoffMin = absl::Seconds(60);
inline constexpr absl::Duration kStockBackoffMax = absl::Minutes(30);
inline constexpr absl::Duration kStockMemory =
    absl::Minutes(30);  // ours: a rest that ended longer ago doubles nothing
inline constexpr int kLaunchErrorsToPause = 10;
inline constexpr absl::Duration kLaunchProbeInterval = absl::Minutes(15);
// semantics.md §8
inline constexpr absl::Duration kDefaultDrain = absl::Seconds(30);
// semantics.md §9; the readings in a row are ours (reliability.md C4: "N consecutive")
inline constexpr absl::Duration kDefaultListenerGrace = absl::Seconds(300);
inline constexpr int kBadReadings = 3;
inline constexpr int kGoodReadings = 3;
inline constexpr int kUnhealthySharePercent = 30;  // also of an account's instances (I-20)
inline constexpr absl::Duration kUnhealthyWindow = absl::Minutes(5);
// reliability.md I-20
inline constexpr int kAbsentReadings = 2;
inline constexpr absl::Duration kAbsenceGap = absl::Seconds(60);
// semantics.md §4
inline constexpr absl::Duration kDeleteIntentLifetime = absl::Hours(24);
// reliability.md C2, C5
inline constexpr absl::Duration kActivityDeadline = absl::Minutes(60);
inline constexpr absl::Duration kGroupBackoffMin = absl::Seconds(15);
inline constexpr absl::Duration kGroupBackoffMax = absl::Minutes(15);

// Defaults of the per-account quota table (semantics.md §3).
struct Quotas {
  int max_size = 50;
  int total_capacity_value = 10;
  int quantity_change_value = 10;
  int groups = 200;
  int configurations = 200;
  int policies_per_group = 50;
  int tasks_per_group = 70;
  int subnets_per_group = 10;
  int listeners_per_group = 30;
};

}  // namespace accordion::domain
