// Groups, decisions and the outbox of the in-memory store.
#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

namespace {

bool Holds(absl::Span<const int> shards, const domain::GroupId& id) {
  return std::find(shards.begin(), shards.end(), ports::ShardOf(id)) != shards.end();
}

ports::GroupKey KeyOf(const domain::ScalingGroup& group) {
  return {.account_id = group.account_id, .group_id = group.id};
}

// The CHECKs of the table, and its reference to the configuration.
absl::Status Check(MemoryState& state, const domain::ScalingGroup& group) {
  if (group.min_size < 0 || group.min_size > group.desired_capacity ||
      group.desired_capacity > group.max_size || group.subnet_ids.empty()) {
    return state.Break(absl::InternalError("a group that hurts its bounds"));
  }
  const domain::ScalingConfiguration* configuration =
      state.configurations.Find(group.configuration_id);
  if (configuration == nullptr || configuration->account_id != group.account_id) {
    return state.Break(absl::FailedPreconditionError("no such scaling configuration"));
  }
  return absl::OkStatus();
}

bool SameTrigger(const domain::Cause& a, const domain::Cause& b) {
  return a.kind == b.kind && a.text == b.text && a.policy_id == b.policy_id;
}

}  // namespace

absl::Status MemoryGroups::Insert(const domain::ScalingGroup& group) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(group.account_id));
  if (state_.groups.Find(group.id) != nullptr) return absl::AlreadyExistsError("scaling group");
  RETURN_IF_ERROR(Check(state_, group));
  state_.groups.Put(group.id, {.group = group, .wake_at = state_.now});
  return absl::OkStatus();
}

absl::StatusOr<domain::ScalingGroup> MemoryGroups::Get(const ports::GroupKey& key) {
  const MemoryGroupRow* row = state_.FindGroup(key);
  if (row == nullptr) return absl::NotFoundError("scaling group");
  return row->group;
}

absl::StatusOr<domain::ScalingGroup> MemoryGroups::Lock(const ports::GroupKey& key) {
  RETURN_IF_ERROR(state_.RequireWritable());
  return Get(key);
}

absl::Status MemoryGroups::Update(const domain::ScalingGroup& group) {
  RETURN_IF_ERROR(state_.RequireWritable());
  ASSIGN_OR_RETURN(const domain::ScalingGroup old, Get(KeyOf(group)));
  RETURN_IF_ERROR(Check(state_, group));
  if (group.desired_capacity != old.desired_capacity &&
      SameTrigger(group.desired_cause, old.desired_cause)) {
    return state_.Break(absl::InternalError("desired capacity changed without a cause"));
  }
  domain::ScalingGroup row = group;
  row.version = old.version + 1;
  state_.groups.Put(row.id, {.group = std::move(row), .wake_at = state_.now});
  return absl::OkStatus();
}

absl::Status MemoryGroups::Delete(const ports::GroupKey& key) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(Get(key).status());
  const domain::GroupId& id = key.group_id;
  for (const auto& [member_key, member] : state_.members.rows()) {
    if (member.group_id == id && member.life_cycle != domain::LifeCycle::kClosed) {
      return absl::FailedPreconditionError("scaling group has members");
    }
  }
  if (state_.open_activities.Find(id) != nullptr) {
    return absl::FailedPreconditionError("scaling group has an open activity");
  }
  state_.members.EraseIf(
      [&](const auto&, const domain::Member& row) { return row.group_id == id; });
  state_.policy_runs.EraseIf([&](const domain::PolicyId& policy, const auto&) {
    return state_.policies.Find(policy)->group_id == id;
  });
  state_.policies.EraseIf(
      [&](const auto&, const domain::ScalingPolicy& row) { return row.group_id == id; });
  state_.decisions.EraseIf(
      [&](const auto&, const ports::DecisionRecord& row) { return row.group.group_id == id; });
  state_.occurrences.EraseIf([&](const auto& occurrence, const auto&) {
    return state_.tasks.Find(occurrence.first)->group_id == id;
  });
  state_.tasks.EraseIf(
      [&](const auto&, const domain::ScheduledTask& row) { return row.group_id == id; });
  state_.notifications.Erase(id);
  state_.groups.Erase(id);
  return absl::OkStatus();
}

absl::StatusOr<ports::Listing<domain::ScalingGroup>> MemoryGroups::List(
    const domain::AccountId& account, const ports::GroupFilter& filter, const ports::Page& page) {
  std::vector<domain::ScalingGroup> rows;
  for (const auto& [id, row] : state_.groups.rows()) {
    const domain::ScalingGroup& group = row.group;
    if (group.account_id == account && Admits(filter.ids, id) &&
        absl::StrContains(group.name, filter.name_contains) &&
        (!filter.configuration_id.has_value() ||
         group.configuration_id == *filter.configuration_id) &&
        (filter.vpc_id.empty() || group.vpc_id == filter.vpc_id)) {
      rows.push_back(group);
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.create_time < b.create_time; });
  return PageOf(std::move(rows), page);
}

absl::StatusOr<int> MemoryGroups::Count(const domain::AccountId& account) {
  int count = 0;
  for (const auto& [id, row] : state_.groups.rows())
    count += row.group.account_id == account ? 1 : 0;
  return count;
}

absl::Status MemoryGroups::SetWake(const ports::GroupKey& key, absl::Time wake_at) {
  RETURN_IF_ERROR(state_.RequireWritable());
  ASSIGN_OR_RETURN(domain::ScalingGroup group, Get(key));
  state_.groups.Put(key.group_id, {.group = std::move(group), .wake_at = wake_at});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ports::DueGroup>> MemoryGroups::Due(absl::Span<const int> shards,
                                                               absl::Time now, int limit) {
  std::vector<ports::DueGroup> due;
  for (const auto& [id, row] : state_.groups.rows()) {
    if (row.wake_at <= now && Holds(shards, id)) due.push_back({KeyOf(row.group), row.wake_at});
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const auto& a, const auto& b) { return a.wake_at < b.wake_at; });
  if (due.size() > static_cast<size_t>(limit)) due.resize(static_cast<size_t>(limit));
  return due;
}

absl::StatusOr<std::vector<domain::ScalingGroup>> MemoryGroups::Scan(absl::Span<const int> shards,
                                                                     const domain::GroupId& after,
                                                                     int limit) {
  std::vector<domain::ScalingGroup> groups;
  for (const auto& [id, row] : state_.groups.rows()) {
    if (groups.size() == static_cast<size_t>(limit)) break;
    if (after < id && Holds(shards, id)) groups.push_back(row.group);
  }
  return groups;
}

absl::Status MemoryDecisions::Insert(const ports::DecisionRecord& record) {
  RETURN_IF_ERROR(state_.RequireWritable());
  const std::pair key(record.decision.firing.policy.id, record.window_end);
  if (state_.decisions.Find(key) != nullptr) return absl::AlreadyExistsError("decision");
  RETURN_IF_ERROR(state_.RequireGroup(record.group));
  state_.decisions.Put(key, record);
  return absl::OkStatus();
}

absl::StatusOr<ports::Listing<ports::DecisionRecord>> MemoryDecisions::List(
    const ports::GroupKey& group, const ports::Page& page) {
  std::vector<ports::DecisionRecord> rows;
  for (const auto& [key, row] : state_.decisions.rows()) {
    if (row.group == group) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    const auto order = [](const ports::DecisionRecord& r) {
      return std::tuple(r.decided_at, r.decision.firing.policy.id.value(), r.window_end);
    };
    return order(b) < order(a);
  });
  return PageOf(std::move(rows), page);
}

}  // namespace accordion::testing
