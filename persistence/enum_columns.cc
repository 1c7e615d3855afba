#include "persistence/enum_columns.h"

#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace accordion::persistence {

void ThrowUnknownEnum(absl::string_view word) {
  throw std::invalid_argument(absl::StrCat("unknown enumeration word: ", word.substr(0, 40)));
}

template <>
absl::Span<const EnumWord<domain::GroupStatus>> EnumWords() {
  using domain::GroupStatus;
  static constexpr EnumWord<GroupStatus> kWords[] = {
      {GroupStatus::kActive, "Active"},
      {GroupStatus::kUnActive, "UnActive"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::RemovePolicy>> EnumWords() {
  using domain::RemovePolicy;
  static constexpr EnumWord<RemovePolicy> kWords[] = {
      {RemovePolicy::kOldestInstance, "RemoveOldestInstance"},
      {RemovePolicy::kNewestInstance, "RemoveNewestInstance"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::SubnetStrategy>> EnumWords() {
  using domain::SubnetStrategy;
  static constexpr EnumWord<SubnetStrategy> kWords[] = {
      {SubnetStrategy::kBalancedDistribution, "balanced-distribution"},
      {SubnetStrategy::kChoiceFirst, "choice-first"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::LifeCycle>> EnumWords() {
  using domain::LifeCycle;
  static constexpr EnumWord<LifeCycle> kWords[] = {
      {LifeCycle::kPending, "Pending"},         {LifeCycle::kInService, "InService"},
      {LifeCycle::kAttaching, "Attaching"},     {LifeCycle::kDetaching, "Detaching"},
      {LifeCycle::kTerminating, "Terminating"}, {LifeCycle::kClosed, "Closed"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::Health>> EnumWords() {
  using domain::Health;
  static constexpr EnumWord<Health> kWords[] = {
      {Health::kHealthy, "Healthy"},
      {Health::kUnHealthy, "UnHealthy"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::CreationType>> EnumWords() {
  using domain::CreationType;
  static constexpr EnumWord<CreationType> kWords[] = {
      {CreationType::kAuto, "Auto"},
      {CreationType::kManual, "Manual"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::HealthCheck>> EnumWords() {
  using domain::HealthCheck;
  static constexpr EnumWord<HealthCheck> kWords[] = {
      {HealthCheck::kKec, "kec"},
      {HealthCheck::kSlb, "slb"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::Dimension>> EnumWords() {
  using domain::Dimension;
  static constexpr EnumWord<Dimension> kWords[] = {
      {Dimension::kCpuUsage, "cpu_usage"},
      {Dimension::kMemUsage, "mem_usage"},
      {Dimension::kNetOutTraffic, "net_outtraffic"},
      {Dimension::kNetInTraffic, "net_intraffic"},
      {Dimension::kListenerOutTraffic, "listener_outtraffic"},
      {Dimension::kListenerInTraffic, "listener_intraffic"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::Comparison>> EnumWords() {
  using domain::Comparison;
  static constexpr EnumWord<Comparison> kWords[] = {
      {Comparison::kGreater, "Greater"}, {Comparison::kEqualOrGreater, "EqualOrGreater"},
      {Comparison::kLess, "Less"},       {Comparison::kEqualOrLess, "EqualOrLess"},
      {Comparison::kEqual, "Equal"},     {Comparison::kNotEqual, "NotEqual"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::Statistic>> EnumWords() {
  using domain::Statistic;
  static constexpr EnumWord<Statistic> kWords[] = {
      {Statistic::kAvg, "avg"},
      {Statistic::kMin, "min"},
      {Statistic::kMax, "max"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::AdjustmentType>> EnumWords() {
  using domain::AdjustmentType;
  static constexpr EnumWord<AdjustmentType> kWords[] = {
      {AdjustmentType::kTotalCapacity, "TotalCapacity"},
      {AdjustmentType::kQuantityChange, "QuantityChangeInCapacity"},
      {AdjustmentType::kPercentChange, "PercentChangeInCapacity"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::ActivityType>> EnumWords() {
  using domain::ActivityType;
  static constexpr EnumWord<ActivityType> kWords[] = {
      {ActivityType::kScaleOut, "ScaleOut"}, {ActivityType::kScaleIn, "ScaleIn"},
      {ActivityType::kAttach, "Attach"},     {ActivityType::kDetach, "Detach"},
      {ActivityType::kReplace, "Replace"},   {ActivityType::kRegistration, "Registration"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::ActivityStatus>> EnumWords() {
  using domain::ActivityStatus;
  static constexpr EnumWord<ActivityStatus> kWords[] = {
      {ActivityStatus::kRunning, "Running"},
      {ActivityStatus::kSucceeded, "Succeeded"},
      {ActivityStatus::kFailed, "Failed"},
      {ActivityStatus::kCancelled, "Cancelled"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::TriggerKind>> EnumWords() {
  using domain::TriggerKind;
  static constexpr EnumWord<TriggerKind> kWords[] = {
      {TriggerKind::kCreate, "Create"}, {TriggerKind::kModify, "Modify"},
      {TriggerKind::kPolicy, "Policy"}, {TriggerKind::kTask, "Task"},
      {TriggerKind::kAttach, "Attach"}, {TriggerKind::kDetach, "Detach"},
      {TriggerKind::kDelete, "Delete"}, {TriggerKind::kEnable, "Enable"},
      {TriggerKind::kHealth, "Health"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::Breach>> EnumWords() {
  using domain::Breach;
  static constexpr EnumWord<Breach> kWords[] = {
      {Breach::kTrue, "True"},
      {Breach::kFalse, "False"},
      {Breach::kMissing, "Missing"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::DecisionReason>> EnumWords() {
  using domain::DecisionReason;
  static constexpr EnumWord<DecisionReason> kWords[] = {
      {DecisionReason::kActed, "Acted"},
      {DecisionReason::kGroupDisabled, "GroupDisabled"},
      {DecisionReason::kInCooldown, "InCooldown"},
      {DecisionReason::kActivityInProgress, "ActivityInProgress"},
      {DecisionReason::kAlreadyAtMaxCapacity, "AlreadyAtMaxCapacity"},
      {DecisionReason::kAlreadyAtMinCapacity, "AlreadyAtMinCapacity"},
      {DecisionReason::kNoChange, "NoChange"},
      {DecisionReason::kCapacityPending, "CapacityPending"},
      {DecisionReason::kSurplusPending, "SurplusPending"},
      {DecisionReason::kOutvoted, "Outvoted"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<domain::OccurrenceOutcome>> EnumWords() {
  using domain::OccurrenceOutcome;
  static constexpr EnumWord<OccurrenceOutcome> kWords[] = {
      {OccurrenceOutcome::kFired, "Fired"},         {OccurrenceOutcome::kFailed, "Failed"},
      {OccurrenceOutcome::kCoalesced, "Coalesced"}, {OccurrenceOutcome::kExpired, "Expired"},
      {OccurrenceOutcome::kDisabled, "Disabled"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<activity::SlotState>> EnumWords() {
  using activity::SlotState;
  static constexpr EnumWord<SlotState> kWords[] = {
      {SlotState::kWaiting, "Waiting"},
      {SlotState::kPlanned, "Planned"},
      {SlotState::kSending, "Sending"},
      {SlotState::kLooking, "Looking"},
      {SlotState::kBooting, "Booting"},
      {SlotState::kRegistering, "Registering"},
      {SlotState::kInService, "InService"},
      {SlotState::kUndoing, "Undoing"},
      {SlotState::kPicked, "Picked"},
      {SlotState::kDeregistering, "Deregistering"},
      {SlotState::kDraining, "Draining"},
      {SlotState::kTracing, "Tracing"},
      {SlotState::kVerifying, "Verifying"},
      {SlotState::kTerminating, "Terminating"},
      {SlotState::kProving, "Proving"},
      {SlotState::kReleasing, "Releasing"},
      {SlotState::kLeft, "Left"},
      {SlotState::kFailed, "Failed"},
      {SlotState::kQuarantined, "Quarantined"},
      {SlotState::kCancelled, "Cancelled"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<activity::FailureClass>> EnumWords() {
  using activity::FailureClass;
  static constexpr EnumWord<FailureClass> kWords[] = {
      {FailureClass::kNone, "None"},           {FailureClass::kStock, "Stock"},
      {FailureClass::kNoAddress, "NoAddress"}, {FailureClass::kQuota, "Quota"},
      {FailureClass::kThrottled, "Throttled"}, {FailureClass::kAuth, "Auth"},
      {FailureClass::kPermanent, "Permanent"}, {FailureClass::kTransient, "Transient"},
      {FailureClass::kTimeout, "Timeout"},     {FailureClass::kUnresolved, "Unresolved"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<activity::IntentState>> EnumWords() {
  using activity::IntentState;
  static constexpr EnumWord<IntentState> kWords[] = {
      {IntentState::kPrepared, "Prepared"},   {IntentState::kSent, "Sent"},
      {IntentState::kAccepted, "Accepted"},   {IntentState::kRejected, "Rejected"},
      {IntentState::kUnknown, "Unknown"},     {IntentState::kAdopted, "Adopted"},
      {IntentState::kAbandoned, "Abandoned"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<ports::ContactKind>> EnumWords() {
  using ports::ContactKind;
  static constexpr EnumWord<ContactKind> kWords[] = {
      {ContactKind::kWebhook, "Webhook"},
      {ContactKind::kEmail, "Email"},
  };
  return kWords;
}

template <>
absl::Span<const EnumWord<ports::DeliveryState>> EnumWords() {
  using ports::DeliveryState;
  static constexpr EnumWord<DeliveryState> kWords[] = {
      {DeliveryState::kOpen, "Open"},
      {DeliveryState::kDelivered, "Delivered"},
      {DeliveryState::kDead, "Dead"},
      {DeliveryState::kDropped, "Dropped"},
  };
  return kWords;
}

}  // namespace accordion::persistence
