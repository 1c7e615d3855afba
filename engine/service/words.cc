#include "engine/service/words.h"

#include <array>

namespace accordion::service {
namespace {

using domain::AdjustmentType;
using domain::Comparison;
using domain::CreationType;
using domain::Dimension;
using domain::GroupStatus;
using domain::Health;
using domain::HealthCheck;
using domain::LifeCycle;
using domain::RemovePolicy;
using domain::Statistic;
using domain::SubnetStrategy;

template <typename Enum>
inline constexpr std::array<Enum, 0> kValues{};
template <>
inline constexpr std::array kValues<RemovePolicy>{RemovePolicy::kOldestInstance,
                                                  RemovePolicy::kNewestInstance};
template <>
inline constexpr std::array kValues<SubnetStrategy>{SubnetStrategy::kBalancedDistribution,
                                                    SubnetStrategy::kChoiceFirst};
template <>
inline constexpr std::array kValues<HealthCheck>{HealthCheck::kKec, HealthCheck::kSlb};
template <>
inline constexpr std::array kValues<Health>{Health::kHealthy, Health::kUnHealthy};
template <>
inline constexpr std::array kValues<CreationType>{CreationType::kAuto, CreationType::kManual};
template <>
inline constexpr std::array kValues<Dimension>{
    Dimension::kCpuUsage,     Dimension::kMemUsage,           Dimension::kNetOutTraffic,
    Dimension::kNetInTraffic, Dimension::kListenerOutTraffic, Dimension::kListenerInTraffic};
template <>
inline constexpr std::array kValues<Comparison>{Comparison::kGreater, Comparison::kEqualOrGreater,
                                                Comparison::kLess,    Comparison::kEqualOrLess,
                                                Comparison::kEqual,   Comparison::kNotEqual};
template <>
inline constexpr std::array kValues<Statistic>{Statistic::kAvg, Statistic::kMin, Statistic::kMax};
template <>
inline constexpr std::array kValues<AdjustmentType>{AdjustmentType::kTotalCapacity,
                                                    AdjustmentType::kQuantityChange,
                                                    AdjustmentType::kPercentChange};

}  // namespace

const char* WordOf(GroupStatus status) {
  return status == GroupStatus::kActive ? "Active" : "UnActive";
}

const char* WordOf(RemovePolicy policy) {
  return policy == RemovePolicy::kOldestInstance ? "RemoveOldestInstance" : "RemoveNewestInstance";
}

const char* WordOf(SubnetStrategy strategy) {
  return strategy == SubnetStrategy::kBalancedDistribution ? "balanced-distribution"
                                                           : "choice-first";
}

const char* WordOf(HealthCheck check) { return check == HealthCheck::kKec ? "kec" : "slb"; }

const char* WordOf(LifeCycle state) {
  switch (state) {
    case LifeCycle::kPending:
      return "Pending";
    case LifeCycle::kInService:
      return "InService";
    case LifeCycle::kAttaching:
      return "Attaching";
    case LifeCycle::kDetaching:
      return "Detaching";
    case LifeCycle::kTerminating:
      return "Terminating";
    case LifeCycle::kClosed:
      break;
  }
  return "Closed";
}

const char* WordOf(Health health) { return health == Health::kHealthy ? "Healthy" : "UnHealthy"; }

const char* WordOf(CreationType type) { return type == CreationType::kAuto ? "Auto" : "Manual"; }

const char* WordOf(Dimension dimension) {
  switch (dimension) {
    case Dimension::kCpuUsage:
      return "cpu_usage";
    case Dimension::kMemUsage:
      return "mem_usage";
    case Dimension::kNetOutTraffic:
      return "net_outtraffic";
    case Dimension::kNetInTraffic:
      return "net_intraffic";
    case Dimension::kListenerOutTraffic:
      return "listener_outtraffic";
    case Dimension::kListenerInTraffic:
      break;
  }
  return "listener_intraffic";
}

const char* WordOf(Comparison comparison) {
  switch (comparison) {
    case Comparison::kGreater:
      return "Greater";
    case Comparison::kEqualOrGreater:
      return "EqualOrGreater";
    case Comparison::kLess:
      return "Less";
    case Comparison::kEqualOrLess:
      return "EqualOrLess";
    case Comparison::kEqual:
      return "Equal";
    case Comparison::kNotEqual:
      break;
  }
  return "NotEqual";
}

const char* WordOf(Statistic statistic) {
  switch (statistic) {
    case Statistic::kAvg:
      return "avg";
    case Statistic::kMin:
      return "min";
    case Statistic::kMax:
      break;
  }
  return "max";
}

const char* WordOf(AdjustmentType type) {
  switch (type) {
    case AdjustmentType::kTotalCapacity:
      return "TotalCapacity";
    case AdjustmentType::kQuantityChange:
      return "QuantityChangeInCapacity";
    case AdjustmentType::kPercentChange:
      break;
  }
  return "PercentChangeInCapacity";
}

template <typename Enum>
std::optional<Enum> ParseWord(absl::string_view word) {
  for (Enum value : kValues<Enum>) {
    if (word == WordOf(value)) return value;
  }
  return std::nullopt;
}

template std::optional<RemovePolicy> ParseWord(absl::string_view word);
template std::optional<SubnetStrategy> ParseWord(absl::string_view word);
template std::optional<HealthCheck> ParseWord(absl::string_view word);
template std::optional<Health> ParseWord(absl::string_view word);
template std::optional<CreationType> ParseWord(absl::string_view word);
template std::optional<Dimension> ParseWord(absl::string_view word);
template std::optional<Comparison> ParseWord(absl::string_view word);
template std::optional<Statistic> ParseWord(absl::string_view word);
template std::optional<AdjustmentType> ParseWord(absl::string_view word);

}  // namespace accordion::service
