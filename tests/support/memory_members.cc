// Members of the in-memory store.
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "engine/domain/removal.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

namespace {

using domain::LifeCycle;
using domain::Member;

MemoryMemberKey KeyOf(const Member& member) {
  return {member.account_id, member.group_id, member.instance_id};
}

bool IsUnclosed(const Member& member) { return member.life_cycle != LifeCycle::kClosed; }

void SortOldestFirst(std::vector<Member>& members) {
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::tie(a.add_time, a.instance_id) < std::tie(b.add_time, b.instance_id);
  });
}

}  // namespace

absl::Status MemoryMembers::Insert(const Member& member) {
  RETURN_IF_ERROR(state_.RequireWritable());
  for (const auto& [key, row] : state_.members.rows()) {
    if (row.account_id == member.account_id && row.instance_id == member.instance_id &&
        IsUnclosed(row)) {
      return absl::AlreadyExistsError("scaling instance");
    }
  }
  RETURN_IF_ERROR(state_.RequireGroup({member.account_id, member.group_id}));
  state_.members.Put(KeyOf(member), member);
  return absl::OkStatus();
}

absl::StatusOr<Member> MemoryMembers::Lock(const ports::GroupKey& group,
                                           const domain::InstanceId& id) {
  RETURN_IF_ERROR(state_.RequireWritable());
  const Member* row = state_.members.Find({group.account_id, group.group_id, id});
  if (row == nullptr) return absl::NotFoundError("scaling instance");
  return *row;
}

absl::Status MemoryMembers::Update(const Member& member) {
  RETURN_IF_ERROR(state_.RequireWritable());
  const Member* old = state_.members.Find(KeyOf(member));
  if (old == nullptr) return absl::NotFoundError("scaling instance");
  Member row = member;
  row.is_protected = old->is_protected;
  state_.members.Put(KeyOf(member), std::move(row));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Member>> MemoryMembers::Unclosed(const ports::GroupKey& group) {
  std::vector<Member> members;
  for (const auto& [key, row] : state_.members.rows()) {
    if (row.account_id == group.account_id && row.group_id == group.group_id && IsUnclosed(row)) {
      members.push_back(row);
    }
  }
  SortOldestFirst(members);
  return members;
}

absl::StatusOr<std::vector<Member>> MemoryMembers::Pick(const ports::GroupKey& group,
                                                        absl::Span<const domain::InstanceId> ids,
                                                        LifeCycle life_cycle,
                                                        const domain::ActivityId& activity) {
  RETURN_IF_ERROR(state_.RequireWritable());
  std::vector<Member> picked;
  for (const domain::InstanceId& id : ids) {
    const Member* row = state_.members.Find({group.account_id, group.group_id, id});
    if (row == nullptr || !domain::IsRemovable(*row)) continue;
    Member member = *row;
    member.life_cycle = life_cycle;
    member.activity_id = activity;
    state_.members.Put(KeyOf(member), member);
    picked.push_back(std::move(member));
  }
  return picked;
}

absl::StatusOr<std::vector<Member>> MemoryMembers::Protect(const ports::GroupKey& group,
                                                           absl::Span<const domain::InstanceId> ids,
                                                           bool is_protected) {
  RETURN_IF_ERROR(state_.RequireWritable());
  std::vector<Member> members;
  std::set<domain::InstanceId> seen;
  for (const domain::InstanceId& id : ids) {
    const Member* row = state_.members.Find({group.account_id, group.group_id, id});
    if (row == nullptr || !IsUnclosed(*row)) return absl::NotFoundError(id.value());
    if (seen.insert(id).second) members.push_back(*row);
  }
  for (Member& member : members) {
    if (member.life_cycle == LifeCycle::kDetaching ||
        member.life_cycle == LifeCycle::kTerminating) {
      return absl::FailedPreconditionError(member.instance_id.value());
    }
    member.is_protected = is_protected;
  }
  for (const Member& member : members) state_.members.Put(KeyOf(member), member);
  return members;
}

absl::StatusOr<ports::Listing<Member>> MemoryMembers::List(const ports::GroupKey& group,
                                                           const ports::MemberFilter& filter,
                                                           const ports::Page& page) {
  ASSIGN_OR_RETURN(std::vector<Member> members, Unclosed(group));
  std::erase_if(members, [&](const Member& member) {
    return !Admits(filter.ids, member.instance_id) ||
           member.creation_type != filter.creation_type.value_or(member.creation_type) ||
           member.health != filter.health.value_or(member.health);
  });
  return PageOf(std::move(members), page);
}

absl::StatusOr<int> MemoryMembers::Count(const ports::GroupKey& group) {
  ASSIGN_OR_RETURN(const std::vector<Member> members, Unclosed(group));
  return static_cast<int>(members.size());
}

absl::StatusOr<std::vector<Member>> MemoryMembers::OfAccount(const domain::AccountId& account) {
  std::vector<Member> members;  // the table's order is the one asked for
  for (const auto& [key, row] : state_.members.rows()) {
    if (row.account_id == account && IsUnclosed(row)) members.push_back(row);
  }
  return members;
}

absl::StatusOr<std::vector<Member>> MemoryMembers::Scan(absl::Span<const int> shards,
                                                        const domain::GroupId& after_group,
                                                        int limit_groups) {
  ASSIGN_OR_RETURN(const std::vector<domain::ScalingGroup> groups,
                   MemoryGroups(state_).Scan(shards, after_group, limit_groups));
  std::vector<Member> members;
  for (const domain::ScalingGroup& group : groups) {
    ASSIGN_OR_RETURN(std::vector<Member> of_group, Unclosed({group.account_id, group.id}));
    std::move(of_group.begin(), of_group.end(), std::back_inserter(members));
  }
  return members;
}

}  // namespace accordion::testing
