#include "engine/domain/group_rules.h"

#include <string>

#include "absl/container/flat_hash_set.h"

namespace accordion::domain {
namespace {

constexpr int kMaxPort = 65535;
constexpr int kMaxWeight = 100;

GroupFault Missing(GroupField field, int index = -1) {
  return {.field = field, .kind = FaultKind::kMissing, .index = index};
}

GroupFault Invalid(GroupField field, int index = -1) {
  return {.field = field, .kind = FaultKind::kInvalid, .index = index};
}

GroupFault AboveQuota(GroupField field, int limit) {
  return {.field = field, .kind = FaultKind::kAboveQuota, .limit = limit};
}

std::optional<GroupFault> CheckPorts(const std::vector<int>& ports, int index) {
  if (ports.empty()) return Missing(GroupField::kSlbServerPorts, index);
  absl::flat_hash_set<int> seen;
  for (int port : ports) {
    if (port < 1 || port > kMaxPort || !seen.insert(port).second) {
      return Invalid(GroupField::kSlbServerPorts, index);
    }
  }
  return std::nullopt;
}

}  // namespace

bool IsLoadBalancerField(GroupField field) {
  switch (field) {
    case GroupField::kSlbConfigs:
    case GroupField::kSlbId:
    case GroupField::kSlbListenerId:
    case GroupField::kSlbServerPorts:
    case GroupField::kSlbWeight:
      return true;
    case GroupField::kMinSize:
    case GroupField::kMaxSize:
    case GroupField::kDesiredCapacity:
    case GroupField::kSubnetIds:
    case GroupField::kSecurityGroupIds:
      break;
  }
  return false;
}

std::variant<MergedCapacity, GroupFault> MergeCapacity(const ScalingGroup& group,
                                                       const CapacityEdit& edit,
                                                       const Quotas& quotas) {
  MergedCapacity merged;
  merged.bounds.min_size = edit.min_size.value_or(group.min_size);
  merged.bounds.max_size = edit.max_size.value_or(group.max_size);
  if (merged.bounds.min_size < 0) return Invalid(GroupField::kMinSize);
  if (merged.bounds.max_size < 1) return Invalid(GroupField::kMaxSize);
  if (merged.bounds.min_size > merged.bounds.max_size) {
    return Invalid(edit.min_size.has_value() ? GroupField::kMinSize : GroupField::kMaxSize);
  }
  if (edit.max_size.has_value() && *edit.max_size > quotas.max_size) {
    return AboveQuota(GroupField::kMaxSize, quotas.max_size);
  }
  const int desired = edit.desired_capacity.value_or(group.desired_capacity);
  merged.desired_capacity = ClampCapacity(desired, merged.bounds);
  merged.moved_into_range = merged.desired_capacity != desired;
  if (merged.moved_into_range && edit.desired_capacity.has_value()) {
    return Invalid(GroupField::kDesiredCapacity);
  }
  return merged;
}

std::optional<GroupFault> CheckSubnets(absl::Span<const SubnetId> subnets, const Quotas& quotas) {
  if (subnets.empty()) return Missing(GroupField::kSubnetIds);
  absl::flat_hash_set<SubnetId> seen;
  for (size_t i = 0; i < subnets.size(); ++i) {
    if (subnets[i].value().empty() || !seen.insert(subnets[i]).second) {
      return Invalid(GroupField::kSubnetIds, static_cast<int>(i));
    }
  }
  if (subnets.size() > static_cast<size_t>(quotas.subnets_per_group)) {
    return AboveQuota(GroupField::kSubnetIds, quotas.subnets_per_group);
  }
  return std::nullopt;
}

std::optional<GroupFault> CheckSlbConfigs(absl::Span<const SlbConfig> configs,
                                          const Quotas& quotas) {
  absl::flat_hash_set<ListenerId> seen;
  for (size_t i = 0; i < configs.size(); ++i) {
    const SlbConfig& config = configs[i];
    const int index = static_cast<int>(i);
    if (config.load_balancer_id.empty()) return Missing(GroupField::kSlbId, index);
    if (config.listener_id.value().empty()) return Missing(GroupField::kSlbListenerId, index);
    if (!seen.insert(config.listener_id).second) return Invalid(GroupField::kSlbListenerId, index);
    if (auto fault = CheckPorts(config.ports, index)) return fault;
    if (config.weight < 0 || config.weight > kMaxWeight) {
      return Invalid(GroupField::kSlbWeight, index);
    }
  }
  if (configs.size() > static_cast<size_t>(quotas.listeners_per_group)) {
    return AboveQuota(GroupField::kSlbConfigs, quotas.listeners_per_group);
  }
  return std::nullopt;
}

std::optional<GroupFault> CheckNewGroup(const ScalingGroup& group, const Quotas& quotas) {
  const CapacityEdit all{group.min_size, group.max_size, group.desired_capacity};
  const auto merged = MergeCapacity(group, all, quotas);
  if (const auto* fault = std::get_if<GroupFault>(&merged)) return *fault;
  if (auto fault = CheckSubnets(group.subnet_ids, quotas)) return fault;
  if (group.security_group_ids.empty()) return Missing(GroupField::kSecurityGroupIds);
  return CheckSlbConfigs(group.slb_configs, quotas);
}

void EndRest(ScalingGroup& group) {
  group.failed_in_a_row = 0;
  group.retry_not_before.reset();
  group.registrations_failed_in_a_row = 0;
  group.registrations_not_before.reset();
  group.replacements_failed_in_a_row = 0;
  group.replacements_not_before.reset();
}

}  // namespace accordion::domain
