#include "engine/control/subnet_count.h"

#include "engine/domain/group_diff.h"

namespace accordion::control {

std::vector<domain::SubnetFacts> CountSubnets(const domain::ScalingGroup& group,
                                              absl::Span<const domain::Member> members) {
  std::vector<domain::SubnetFacts> subnets;
  const std::vector<domain::SubnetId>& allowed =
      group.container_subnet_ids.empty() ? group.subnet_ids : group.container_subnet_ids;
  for (const domain::SubnetId& subnet : allowed) {
    int count = 0;
    for (const domain::Member& member : members) {
      if (member.subnet_id == subnet) count += domain::CountedMembers({&member, 1});
    }
    subnets.push_back({.subnet_id = subnet, .members = count, .free_addresses = std::nullopt});
  }
  return subnets;
}

}  // namespace accordion::control
