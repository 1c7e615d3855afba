#include "engine/domain/membership_rules.h"

#include <algorithm>
#include <set>

namespace accordion::domain {
namespace {

using Kind = MembershipFault::Kind;

bool Serves(const Member& member) {
  return member.life_cycle == LifeCycle::kInService && member.health == Health::kHealthy;
}

std::optional<Kind> FaultOf(const Member& member) {
  const bool may_leave =
      member.life_cycle == LifeCycle::kInService || member.life_cycle == LifeCycle::kAttaching;
  if (!may_leave) return Kind::kBusy;
  if (member.is_protected) return Kind::kProtected;
  return std::nullopt;
}

}  // namespace

std::optional<MembershipFault> CheckAttach(const ScalingGroup& group,
                                           absl::Span<const AttachCandidate> candidates) {
  std::set<InstanceId> seen;
  for (const AttachCandidate& one : candidates) {
    if (!seen.insert(one.instance_id).second)
      return MembershipFault{.kind = Kind::kRepeated, .instance_id = one.instance_id};
    const bool in_subnet = std::find(group.subnet_ids.begin(), group.subnet_ids.end(),
                                     one.subnet_id) != group.subnet_ids.end();
    if (one.vpc_id != group.vpc_id || !in_subnet)
      return MembershipFault{.kind = Kind::kElsewhere, .instance_id = one.instance_id};
  }
  for (const AttachCandidate& one : candidates) {
    if (!one.running)
      return MembershipFault{.kind = Kind::kNotRunning, .instance_id = one.instance_id};
  }
  const int capacity = group.desired_capacity + static_cast<int>(candidates.size());
  if (capacity > group.max_size)
    return MembershipFault{.kind = Kind::kAboveMaxSize,
                           .instance_id = {},
                           .capacity = capacity,
                           .limit = group.max_size};
  return std::nullopt;
}

std::optional<MembershipFault> CheckDetach(const ScalingGroup& group,
                                           absl::Span<const Member> members,
                                           absl::Span<const InstanceId> ids) {
  std::set<InstanceId> seen;
  int leaving_servers = 0;
  for (const InstanceId& id : ids) {
    if (!seen.insert(id).second) return MembershipFault{.kind = Kind::kRepeated, .instance_id = id};
    const auto member = std::find_if(members.begin(), members.end(),
                                     [&](const Member& one) { return one.instance_id == id; });
    if (member == members.end()) return MembershipFault{.kind = Kind::kUnknown, .instance_id = id};
    if (const std::optional<Kind> kind = FaultOf(*member))
      return MembershipFault{.kind = *kind, .instance_id = id};
    leaving_servers += Serves(*member) ? 1 : 0;
  }
  const int capacity = group.desired_capacity - static_cast<int>(ids.size());
  if (capacity < group.min_size)
    return MembershipFault{.kind = Kind::kBelowMinSize,
                           .instance_id = {},
                           .capacity = capacity,
                           .limit = group.min_size};
  const int left =
      static_cast<int>(std::count_if(members.begin(), members.end(), Serves)) - leaving_servers;
  if (leaving_servers > 0 && left < group.min_size)
    return MembershipFault{
        .kind = Kind::kTooFewServe, .instance_id = {}, .capacity = left, .limit = group.min_size};
  return std::nullopt;
}

}  // namespace accordion::domain
