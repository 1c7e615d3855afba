// What a group refers to in the cloud, read before the transaction: subnets, security groups,
// listeners.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/domain/scaling_group.h"
#include "engine/ports/cloud_inventory.h"

namespace accordion::service {

// Names of the parameters, as the request at hand spells them.
struct GroupReferenceNames {
  std::string subnet_ids;
  std::string security_group_ids;
  std::string slb_id;
  std::string listener_id;
};
template <typename Request>
GroupReferenceNames ReferenceNamesOf();
// Of a request that has load balancers only.
template <typename Request>
GroupReferenceNames LoadBalancerNamesOf();

// Where the group's subnets are.
struct SubnetPlace {
  std::string vpc_id;  // the one VPC that all are of
  std::string zone;    // of the first
};
// InvalidParameterValue if a subnet doesn't exist or they are of several VPCs.
absl::StatusOr<SubnetPlace> PlaceOfSubnets(ports::CloudInventory& inventory,
                                           const domain::ScalingGroup& group,
                                           const GroupReferenceNames& names);
// InvalidParameterValue unless each security group exists and is of `group.vpc_id`.
absl::Status CheckSecurityGroups(ports::CloudInventory& inventory,
                                 const domain::ScalingGroup& group,
                                 const GroupReferenceNames& names);
// InvalidParameterValue unless each listener exists and is one of its load balancer.
absl::Status CheckListeners(ports::CloudInventory& inventory, const domain::ScalingGroup& group,
                            const GroupReferenceNames& names);

// The status of an inventory call: InvalidParameterValue(`parameter`) for what does not exist,
// ServiceTimeout if the cloud could not answer, as it is otherwise.
absl::Status InventoryStatus(const absl::Status& status, absl::string_view parameter);

}  // namespace accordion::service
