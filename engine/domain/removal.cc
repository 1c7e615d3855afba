#include "engine/domain/removal.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "engine/domain/group_diff.h"

namespace accordion::domain {
namespace {

// Remaining members per subnet; members on their way out don't hold the balance.
using SubnetSizes = absl::flat_hash_map<SubnetId, int>;

bool AddedBefore(const Member& a, const Member& b, RemovePolicy policy) {
  if (a.add_time != b.add_time) {
    return policy == RemovePolicy::kOldestInstance ? a.add_time < b.add_time
                                                   : a.add_time > b.add_time;
  }
  return a.instance_id < b.instance_id;
}

// Whether `a` leaves before `b`. `sizes` is null where balance doesn't matter.
bool GoesFirst(const Member& a, const Member& b, RemovePolicy policy, const SubnetSizes* sizes) {
  if (a.health != b.health) return a.health == Health::kUnHealthy;
  if (sizes != nullptr) {
    const int a_size = sizes->at(a.subnet_id);
    const int b_size = sizes->at(b.subnet_id);
    if (a_size != b_size) return a_size > b_size;
  }
  return AddedBefore(a, b, policy);
}

}  // namespace

bool IsRemovable(const Member& member) {
  return member.life_cycle == LifeCycle::kInService && !member.is_protected &&
         !member.activity_id.has_value();
}

bool IsReplaceable(const Member& member) {
  return member.life_cycle == LifeCycle::kInService && member.health == Health::kUnHealthy &&
         !member.is_protected;
}

RemovalPlan PickVictims(const ScalingGroup& group, absl::Span<const Member> members, int count) {
  RemovalPlan plan;
  SubnetSizes sizes;
  std::vector<const Member*> candidates;
  for (const Member& member : members) {
    if (CountedMembers({&member, 1}) > 0) ++sizes[member.subnet_id];
    if (IsRemovable(member)) candidates.push_back(&member);
    if (member.is_protected && member.life_cycle == LifeCycle::kInService &&
        !member.activity_id.has_value()) {
      ++plan.is_protected;
    }
  }
  const bool balanced = group.subnet_strategy == SubnetStrategy::kBalancedDistribution;
  const auto goes_first = [&](const Member* a, const Member* b) {
    return GoesFirst(*a, *b, group.remove_policy, balanced ? &sizes : nullptr);
  };
  for (int i = 0; i < count; ++i) {
    // Each removal changes the subnets' sizes, so each choice looks at all that are left.
    const auto victim = std::min_element(candidates.begin(), candidates.end(), goes_first);
    if (victim == candidates.end()) {
      plan.shortfall = count - i;
      break;
    }
    --sizes[(*victim)->subnet_id];
    plan.victims.push_back((*victim)->instance_id);
    candidates.erase(victim);
  }
  return plan;
}

}  // namespace accordion::domain
