// Policies and their runs of the in-memory store.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

namespace {

bool Holds(absl::Span<const int> shards, const domain::GroupId& id) {
  return std::find(shards.begin(), shards.end(), ports::ShardOf(id)) != shards.end();
}

ports::GroupKey GroupOf(const domain::ScalingPolicy& policy) {
  return {.account_id = policy.account_id, .group_id = policy.group_id};
}

}  // namespace

absl::StatusOr<domain::PolicyId> MemoryPolicies::NewPolicyId() {
  RETURN_IF_ERROR(state_.RequireWritable());
  return domain::PolicyId(++state_.last_policy_id);
}

absl::Status MemoryPolicies::Insert(const domain::ScalingPolicy& policy) {
  RETURN_IF_ERROR(state_.RequireWritable());
  if (state_.policies.Find(policy.id) != nullptr) return absl::AlreadyExistsError("scaling policy");
  RETURN_IF_ERROR(state_.RequireGroup(GroupOf(policy)));
  state_.policies.Put(policy.id, policy);
  return absl::OkStatus();
}

absl::StatusOr<domain::ScalingPolicy> MemoryPolicies::Get(const ports::GroupKey& group,
                                                          const domain::PolicyId& id) {
  const domain::ScalingPolicy* row = state_.policies.Find(id);
  if (row == nullptr || GroupOf(*row) != group) return absl::NotFoundError("scaling policy");
  return *row;
}

absl::StatusOr<domain::ScalingPolicy> MemoryPolicies::Lock(const ports::GroupKey& group,
                                                           const domain::PolicyId& id) {
  RETURN_IF_ERROR(state_.RequireWritable());
  return Get(group, id);
}

absl::Status MemoryPolicies::Update(const domain::ScalingPolicy& policy) {
  RETURN_IF_ERROR(state_.RequireWritable());
  ASSIGN_OR_RETURN(const domain::ScalingPolicy old, Get(GroupOf(policy), policy.id));
  domain::ScalingPolicy row = policy;
  row.version = old.version + 1;
  state_.policies.Put(row.id, std::move(row));
  state_.policy_runs.Erase(policy.id);
  return absl::OkStatus();
}

absl::Status MemoryPolicies::Delete(const ports::GroupKey& group, const domain::PolicyId& id) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(Get(group, id).status());
  state_.policy_runs.Erase(id);
  state_.policies.Erase(id);
  return absl::OkStatus();
}

absl::StatusOr<ports::Listing<domain::ScalingPolicy>> MemoryPolicies::List(
    const ports::GroupKey& group, const ports::PolicyFilter& filter, const ports::Page& page) {
  std::vector<domain::ScalingPolicy> rows;
  for (const auto& [id, row] : state_.policies.rows()) {
    if (GroupOf(row) == group && Admits(filter.ids, id) &&
        absl::StrContains(row.name, filter.name_contains)) {
      rows.push_back(row);
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.create_time < b.create_time; });
  return PageOf(std::move(rows), page);
}

absl::StatusOr<int> MemoryPolicies::Count(const ports::GroupKey& group) {
  int count = 0;
  for (const auto& [id, row] : state_.policies.rows()) count += GroupOf(row) == group ? 1 : 0;
  return count;
}

absl::StatusOr<std::vector<domain::ScalingPolicy>> MemoryPolicies::Scan(
    absl::Span<const int> shards, const domain::PolicyId& after, int limit) {
  std::vector<domain::ScalingPolicy> policies;
  for (const auto& [id, row] : state_.policies.rows()) {
    if (policies.size() == static_cast<size_t>(limit)) break;
    if (after < id && Holds(shards, row.group_id)) policies.push_back(row);
  }
  return policies;
}

absl::Status MemoryPolicies::SaveRuns(absl::Span<const ports::PolicyCheckpoint> runs) {
  RETURN_IF_ERROR(state_.RequireWritable());
  for (const ports::PolicyCheckpoint& checkpoint : runs) {
    if (state_.policies.Find(checkpoint.policy_id) == nullptr) continue;
    state_.policy_runs.Put(checkpoint.policy_id, checkpoint.run);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ports::PolicyCheckpoint>> MemoryPolicies::LoadRuns(
    absl::Span<const int> shards) {
  std::vector<ports::PolicyCheckpoint> runs;
  for (const auto& [id, run] : state_.policy_runs.rows()) {
    if (Holds(shards, state_.policies.Find(id)->group_id)) runs.push_back({id, run});
  }
  return runs;
}

}  // namespace accordion::testing
