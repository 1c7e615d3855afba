#include "engine/control/evaluation_index.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"

namespace accordion::control {
namespace {

constexpr int kScanBatch = 1000;         // groups or policies a statement at start-up
constexpr int kPoliciesPerGroup = 1000;  // far above the quota

ports::GroupKey KeyOf(const EvaluatedGroup& group) {
  return {group.group.account_id, group.group.id};
}

}  // namespace

EvaluationIndex::EvaluationIndex(ports::Store& store, metrics::SampleStore& samples)
    : store_(store), samples_(samples) {}

absl::Status EvaluationIndex::Load(const std::vector<int>& shards) {
  absl::MutexLock refreshing(&refresh_mutex_);
  std::vector<std::shared_ptr<const EvaluatedGroup>> loaded;
  domain::GroupId after{0};
  while (true) {
    size_t batch = 0;
    std::vector<std::shared_ptr<const EvaluatedGroup>> groups;
    const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
      groups.clear();
      ASSIGN_OR_RETURN(const std::vector<domain::ScalingGroup> rows,
                       tx.groups().Scan(shards, after, kScanBatch));
      batch = rows.size();
      for (const domain::ScalingGroup& row : rows) {
        auto group = std::make_shared<EvaluatedGroup>();
        RETURN_IF_ERROR(ReadGroup(tx, row, *group));
        groups.push_back(std::move(group));
      }
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(read);
    if (!groups.empty()) after = groups.back()->group.id;
    std::move(groups.begin(), groups.end(), std::back_inserter(loaded));
    if (batch < kScanBatch) break;
  }
  std::vector<ports::PolicyCheckpoint> runs;
  const absl::Status read_runs = store_.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(runs, tx.policies().LoadRuns(shards));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read_runs);
  {
    absl::MutexLock lock(&mutex_);
    absl::flat_hash_map<domain::PolicyId, int64_t> versions;
    for (const auto& group : loaded) {
      for (const domain::ScalingPolicy& policy : group->policies)
        versions[policy.id] = policy.version;
    }
    for (ports::PolicyCheckpoint& checkpoint : runs) {
      const auto version = versions.find(checkpoint.policy_id);
      if (version == versions.end() || checkpoint.run.periods.empty()) continue;
      // What is in memory is newer than its checkpoint, unless another engine has had the shard
      // meanwhile.
      Run& run = runs_[checkpoint.policy_id];
      const bool is_newer = run.run.periods.empty() ||
                            run.run.periods.back().start < checkpoint.run.periods.back().start;
      if (is_newer) run = {version->second, std::move(checkpoint.run)};
    }
  }
  for (std::shared_ptr<const EvaluatedGroup>& group : loaded) Put(std::move(group));
  TellPeriods();
  return absl::OkStatus();
}

absl::Status EvaluationIndex::Refresh(const ports::GroupKey& key) {
  absl::MutexLock refreshing(&refresh_mutex_);
  auto group = std::make_shared<EvaluatedGroup>();
  const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
    *group = EvaluatedGroup();
    ASSIGN_OR_RETURN(const domain::ScalingGroup row, tx.groups().Get(key));
    return ReadGroup(tx, row, *group);
  });
  if (absl::IsNotFound(read)) {
    Forget(key);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(read);
  Put(std::move(group));
  TellPeriods();
  return absl::OkStatus();
}

absl::Status EvaluationIndex::ReadGroup(ports::Tx& tx, const domain::ScalingGroup& group,
                                        EvaluatedGroup& out) {
  const ports::GroupKey key{group.account_id, group.id};
  out.group = group;
  ASSIGN_OR_RETURN(const std::vector<domain::Member> members, tx.members().Unclosed(key));
  for (const domain::Member& member : members) {
    if (member.life_cycle != domain::LifeCycle::kInService || !member.in_service_at.has_value())
      continue;
    out.members.push_back({member.instance_id, *member.in_service_at});
  }
  for (const domain::SlbConfig& slb : group.slb_configs) out.listeners.push_back(slb.listener_id);
  ASSIGN_OR_RETURN(ports::Listing<domain::ScalingPolicy> policies,
                   tx.policies().List(key, {}, {.offset = 0, .limit = kPoliciesPerGroup}));
  out.policies = std::move(policies.rows);
  return absl::OkStatus();
}

void EvaluationIndex::Put(std::shared_ptr<const EvaluatedGroup> group) {
  std::shared_ptr<const EvaluatedGroup> before;
  const std::shared_ptr<const EvaluatedGroup> after = group;
  {
    absl::MutexLock lock(&mutex_);
    std::shared_ptr<const EvaluatedGroup>& entry = groups_[KeyOf(*group)];
    before = std::exchange(entry, std::move(group));
  }
  TellSamples(before.get(), after.get());
}

void EvaluationIndex::Forget(const ports::GroupKey& key) {
  std::shared_ptr<const EvaluatedGroup> before;
  {
    absl::MutexLock lock(&mutex_);
    const auto entry = groups_.find(key);
    if (entry == groups_.end()) return;
    before = std::move(entry->second);
    groups_.erase(entry);
    for (const domain::ScalingPolicy& policy : before->policies) runs_.erase(policy.id);
  }
  TellSamples(before.get(), nullptr);
  TellPeriods();
}

void EvaluationIndex::Clear() {
  {
    absl::MutexLock lock(&mutex_);
    groups_.clear();
    runs_.clear();
  }
  samples_.Clear();
}

void EvaluationIndex::TellSamples(const EvaluatedGroup* before, const EvaluatedGroup* after) {
  // New resources first: a listener that two versions of the group share must not lose its open
  // periods.
  absl::flat_hash_set<std::string> kept;
  if (after != nullptr) {
    const domain::AccountId& account = after->group.account_id;
    for (const InServiceMember& member : after->members) {
      samples_.Track(after->group.id, member.instance_id.value(), account, member.since);
      kept.insert(member.instance_id.value());
    }
    for (const domain::ListenerId& listener : after->listeners) {
      samples_.Track(after->group.id, listener.value(), account, absl::InfinitePast());
      kept.insert(listener.value());
    }
  }
  if (before == nullptr) return;
  const auto untrack = [&](const std::string& resource) {
    if (!kept.contains(resource)) samples_.Untrack(before->group.id, resource);
  };
  for (const InServiceMember& member : before->members) untrack(member.instance_id.value());
  for (const domain::ListenerId& listener : before->listeners) untrack(listener.value());
}

void EvaluationIndex::TellPeriods() {
  metrics::NeededPeriods needed;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [key, group] : groups_) {
      for (const domain::ScalingPolicy& policy : group->policies) {
        needed[static_cast<size_t>(policy.rule.dimension)].insert(policy.rule.period);
      }
    }
  }
  samples_.SetNeededPeriods(needed);
}

std::vector<absl::Duration> EvaluationIndex::Periods() const {
  std::set<absl::Duration> periods;
  absl::MutexLock lock(&mutex_);
  for (const auto& [key, group] : groups_) {
    for (const domain::ScalingPolicy& policy : group->policies) periods.insert(policy.rule.period);
  }
  return {periods.begin(), periods.end()};
}

std::vector<std::shared_ptr<const EvaluatedGroup>> EvaluationIndex::WithPeriod(
    absl::Duration period) const {
  std::vector<std::shared_ptr<const EvaluatedGroup>> found;
  absl::MutexLock lock(&mutex_);
  for (const auto& [key, group] : groups_) {
    const bool uses = std::any_of(
        group->policies.begin(), group->policies.end(),
        [&](const domain::ScalingPolicy& policy) { return policy.rule.period == period; });
    if (uses) found.push_back(group);
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a->group.id < b->group.id; });
  return found;
}

std::shared_ptr<const EvaluatedGroup> EvaluationIndex::Find(const ports::GroupKey& key) const {
  absl::MutexLock lock(&mutex_);
  const auto entry = groups_.find(key);
  return entry == groups_.end() ? nullptr : entry->second;
}

size_t EvaluationIndex::size() const {
  absl::MutexLock lock(&mutex_);
  return groups_.size();
}

std::optional<domain::PolicyRun> EvaluationIndex::AppendTo(const domain::ScalingPolicy& policy,
                                                           domain::PeriodVerdict verdict) {
  absl::MutexLock lock(&mutex_);
  Run& run = runs_[policy.id];
  if (run.policy_version != policy.version) run = {policy.version, {}};
  if (!domain::Append(run.run, policy.rule, std::move(verdict))) return std::nullopt;
  return run.run;
}

std::optional<domain::PolicyRun> EvaluationIndex::RunOf(const domain::ScalingPolicy& policy) const {
  absl::MutexLock lock(&mutex_);
  const auto run = runs_.find(policy.id);
  if (run == runs_.end() || run->second.policy_version != policy.version) return std::nullopt;
  return run->second.run;
}

}  // namespace accordion::control
