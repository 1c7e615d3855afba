#include "engine/service/group_references.h"

#include <vector>

#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_load_balancer.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/service/parameter_name.h"

namespace accordion::service {

template <typename Request>
GroupReferenceNames LoadBalancerNamesOf() {
  return {.subnet_ids = {},
          .security_group_ids = {},
          .slb_id = ParameterName<Request>({Request::kSlbsFieldNumber, v1::Slb::kIdFieldNumber}),
          .listener_id =
              ParameterName<Request>({Request::kSlbsFieldNumber, v1::Slb::kListenerIdFieldNumber})};
}
template GroupReferenceNames LoadBalancerNamesOf<v1::ModifyScalingLoadBalancersRequest>();

template <typename Request>
GroupReferenceNames ReferenceNamesOf() {
  GroupReferenceNames names = LoadBalancerNamesOf<Request>();
  names.subnet_ids = ParameterName<Request>({Request::kSubnetIdsFieldNumber});
  names.security_group_ids = ParameterName<Request>({Request::kSecurityGroupIdsFieldNumber});
  return names;
}
template GroupReferenceNames ReferenceNamesOf<v1::CreateScalingGroupRequest>();
template GroupReferenceNames ReferenceNamesOf<v1::ModifyScalingGroupRequest>();

absl::Status InventoryStatus(const absl::Status& status, absl::string_view parameter) {
  // The cloud refuses some wrong ids instead of not finding them.
  if (absl::IsNotFound(status) || absl::IsInvalidArgument(status)) {
    return domain::InvalidParameterValue(parameter);
  }
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    return domain::ServiceTimeout();
  }
  return status;
}

absl::StatusOr<SubnetPlace> PlaceOfSubnets(ports::CloudInventory& inventory,
                                           const domain::ScalingGroup& group,
                                           const GroupReferenceNames& names) {
  const auto subnets = inventory.Subnets(group.account_id, group.subnet_ids);
  if (!subnets.ok()) return InventoryStatus(subnets.status(), names.subnet_ids);
  for (const ports::SubnetInfo& subnet : *subnets) {
    if (subnet.vpc_id != subnets->front().vpc_id) {
      return domain::InvalidParameterValue(names.subnet_ids);
    }
  }
  if (subnets->empty()) return domain::MissingParameter(names.subnet_ids);
  return SubnetPlace{.vpc_id = subnets->front().vpc_id, .zone = subnets->front().zone};
}

absl::Status CheckSecurityGroups(ports::CloudInventory& inventory,
                                 const domain::ScalingGroup& group,
                                 const GroupReferenceNames& names) {
  for (const std::string& id : group.security_group_ids) {
    const auto vpc = inventory.SecurityGroupVpc(group.account_id, id);
    if (!vpc.ok()) return InventoryStatus(vpc.status(), names.security_group_ids);
    if (*vpc != group.vpc_id) return domain::InvalidParameterValue(names.security_group_ids);
  }
  return absl::OkStatus();
}

absl::Status CheckListeners(ports::CloudInventory& inventory, const domain::ScalingGroup& group,
                            const GroupReferenceNames& names) {
  for (const domain::SlbConfig& config : group.slb_configs) {
    const auto listener = inventory.Listener(group.account_id, config.listener_id);
    if (!listener.ok()) return InventoryStatus(listener.status(), names.listener_id);
    if (listener->load_balancer_id != config.load_balancer_id) {
      return domain::InvalidParameterValue(names.slb_id);
    }
  }
  return absl::OkStatus();
}

}  // namespace accordion::service
