// Ids and enumerations of the domain. Nothing else: one resource has its own header.
//
// Ids are strong types, so that a policy id can't be passed where a group id belongs. Groups,
// configurations, activities and intents' rows have 63-bit, time-ordered numbers made by the store
// (`ports::Tx::NewId`); whatever the cloud names (instances, subnets, listeners, ...) is an opaque
// string as the cloud gave it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

namespace accordion::domain {

// A value of `Rep` that only compares and hashes with its own kind.
template <typename Tag, typename Rep>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(Rep value) : value_(std::move(value)) {}

  const Rep& value() const { return value_; }

  friend bool operator==(const StrongId& a, const StrongId& b) { return a.value_ == b.value_; }
  friend bool operator!=(const StrongId& a, const StrongId& b) { return a.value_ != b.value_; }
  friend bool operator<(const StrongId& a, const StrongId& b) { return a.value_ < b.value_; }
  template <typename H>
  friend H AbslHashValue(H h, const StrongId& id) {
    return H::combine(std::move(h), id.value_);
  }
  friend std::ostream& operator<<(std::ostream& out, const StrongId& id) {
    return out << id.value_;
  }

 private:
  Rep value_{};
};

using AccountId = StrongId<struct AccountTag, std::string>;
using GroupId = StrongId<struct GroupTag, int64_t>;
using ConfigurationId = StrongId<struct ConfigurationTag, int64_t>;
using TaskId = StrongId<struct TaskTag, int64_t>;
using PolicyId = StrongId<struct PolicyTag, int64_t>;
using ActivityId = StrongId<struct ActivityTag, int64_t>;
using InstanceId = StrongId<struct InstanceTag, std::string>;
using SubnetId = StrongId<struct SubnetTag, std::string>;
using ListenerId = StrongId<struct ListenerTag, std::string>;
// 128 random bits in lower-case base32 (26 characters): the marker that a launch carries in tag and
// name.
using IntentId = StrongId<struct IntentTag, std::string>;

enum class GroupStatus { kActive, kUnActive };
enum class RemovePolicy { kOldestInstance, kNewestInstance };
enum class SubnetStrategy { kBalancedDistribution, kChoiceFirst };

enum class LifeCycle { kPending, kInService, kAttaching, kDetaching, kTerminating, kClosed };
enum class Health { kHealthy, kUnHealthy };
enum class CreationType { kAuto, kManual };

// The six dimensions of a policy's metric.
enum class Dimension {
  kCpuUsage,            // percent
  kMemUsage,            // percent
  kNetOutTraffic,       // bytes per second
  kNetInTraffic,        // bytes per second
  kListenerOutTraffic,  // bytes per second
  kListenerInTraffic,   // bytes per second
};
inline constexpr int kDimensionCount = 6;
enum class Comparison { kGreater, kEqualOrGreater, kLess, kEqualOrLess, kEqual, kNotEqual };
enum class Statistic { kAvg, kMin, kMax };
enum class AdjustmentType { kTotalCapacity, kQuantityChange, kPercentChange };

// Numbers as the API shows them (`Type`, `Status` of DescribeScalingActivity).
enum class ActivityType {
  kScaleOut = 0,
  kScaleIn = 1,
  kAttach = 2,
  kDetach = 3,
  kReplace = 10,
  // Ours alone, for the work that follows a change of load balancers: members are brought to the
  // listeners that their group has now. It changes no membership, and no user sees it.
  kRegistration = 100,
};
inline bool IsUserVisible(ActivityType type) { return type != ActivityType::kRegistration; }
enum class ActivityStatus { kRunning = 1, kSucceeded = 2, kFailed = 3, kCancelled = 4 };

// What changed a group's desired capacity.
enum class TriggerKind {
  kCreate,
  kModify,
  kPolicy,
  kTask,
  kAttach,
  kDetach,
  kDelete,
  kEnable,
  kHealth
};

}  // namespace accordion::domain
