#include "tests/sim/truth.h"

#include <algorithm>

#include "absl/strings/numbers.h"

namespace accordion::sim {

using activity::IntentState;
using domain::LifeCycle;

std::string TagOf(const std::vector<cloudsim::Tag>& tags, absl::string_view key) {
  for (const cloudsim::Tag& tag : tags) {
    if (tag.key == key) return tag.value;
  }
  return "";
}

bool IsUnresolved(IntentState state) {
  return state == IntentState::kPrepared || state == IntentState::kSent ||
         state == IntentState::kUnknown;
}

GroupTruth& Truth::Group(int64_t id) {
  GroupTruth& group = groups_[id];
  group.id = id;
  return group;
}

InstanceTruth* Truth::Instance(const std::string& id) {
  const auto found = instances_.find(id);
  return found == instances_.end() ? nullptr : &found->second;
}

const domain::Member* Truth::MemberOf(const std::string& id) const {
  const auto group = group_of_member_.find(id);
  return group == group_of_member_.end() ? nullptr : &groups_.at(group->second).members.at(id);
}

IntentTruth* Truth::Intent(const std::string& id) {
  const auto found = intents_.find(id);
  return found == intents_.end() ? nullptr : &found->second;
}

// ---- the store ----

void Truth::TakeIn(const testing::MemoryState& state) {
  state.groups.ForEachChange([&](const domain::GroupId& id, const testing::MemoryGroupRow* before,
                                 const testing::MemoryGroupRow* after) {
    GroupChanged(id, after);
    if (before == nullptr || after == nullptr ||
        before->group.desired_capacity != after->group.desired_capacity) {
      Group(id.value()).edited_at = state.now;
    }
  });
  state.open_activities.ForEachChange([&](const domain::GroupId& id,
                                          const activity::Activity* before,
                                          const activity::Activity* after) {
    GroupTruth& group = Group(id.value());
    group.open = after != nullptr ? std::optional<domain::ActivityId>(after->id) : std::nullopt;
    if (before == nullptr) group.open_bound = group.row.has_value() ? group.row->max_size : 0;
  });
  state.intents.ForEachChange([&](const auto&, const auto*, const activity::LaunchIntent* after) {
    if (after != nullptr) IntentChanged(*after);
  });
  state.members.ForEachChange([&](const auto&, const domain::Member* before,
                                  const domain::Member* after) { MemberChanged(before, after); });
}

void Truth::GroupChanged(const domain::GroupId& id, const testing::MemoryGroupRow* after) {
  GroupTruth& group = Group(id.value());
  if (after == nullptr) {
    group.row.reset();
    return;
  }
  group.row = after->group;
  group.account = after->group.account_id.value();
  group.open_bound = std::max(group.open_bound, after->group.max_size);
  for (const std::string& intent : group.unresolved) {
    IntentTruth& one = intents_.at(intent);
    one.bound = std::max(one.bound, after->group.max_size);
  }
}

void Truth::IntentChanged(const activity::LaunchIntent& row) {
  const auto [found, is_new] = intents_.try_emplace(row.id.value());
  IntentTruth& intent = found->second;
  GroupTruth& group = Group(row.group_id.value());
  intent.row = row;
  if (is_new) intent.bound = group.open_bound;
  if (row.state == IntentState::kSent) intent.was_sent = true;
  if (IsUnresolved(row.state)) {
    group.unresolved.insert(row.id.value());
  } else {
    group.unresolved.erase(row.id.value());
  }
}

void Truth::MemberChanged(const domain::Member* before, const domain::Member* after) {
  const domain::Member& some = after != nullptr ? *after : *before;
  GroupTruth& group = Group(some.group_id.value());
  const std::string& id = some.instance_id.value();
  const bool was = before != nullptr && before->life_cycle != LifeCycle::kClosed;
  const bool is = after != nullptr && after->life_cycle != LifeCycle::kClosed;
  InstanceTruth* instance = Instance(id);
  // An attached instance, or one that was let go, changes hands; one that we launched is counted
  // from its launch until its end.
  const bool ours = instance != nullptr && instance->group == group.id && !instance->let_go;
  if (!was && is && instance != nullptr && !ours && instance->lives) {
    ++group.living;
    if (instance->group == group.id) instance->let_go = false;
  }
  if (was && !is && instance != nullptr && instance->lives &&
      (before->life_cycle == LifeCycle::kDetaching ||
       before->creation_type == domain::CreationType::kManual)) {
    --group.living;
    if (instance->group == group.id) instance->let_go = true;
  }
  if (is) {
    group.members[id] = *after;
    group_of_member_[id] = group.id;
  } else {
    group.members.erase(id);
    group_of_member_.erase(id);
  }
}

// ---- the cloud ----

void Truth::TakeIn(const cloudsim::CallRecord& record) {
  const std::string& action = record.call.action;
  if (action == "RunInstances" && !record.call.digest.empty()) {
    if (IntentTruth* intent = Intent(record.call.digest); intent != nullptr) ++intent->arrivals;
  }
  if (record.phase != cloudsim::CallPhase::kExecuted) return;
  for (const cloudsim::CallEffect& effect : record.effects) {
    if (action == "RunInstances") {
      Launched(record, effect);
    } else if (action == "TerminateInstances" || action == "Kill") {
      if (effect.ok) Ended(effect.instance_id, record.executed_at);
    } else if (action == "ForceState") {
      if (InstanceTruth* one = Instance(effect.instance_id); one != nullptr) one->stopped = true;
    } else if (action == "RegisterInstancesWithListener") {
      if (InstanceTruth* one = Instance(effect.instance_id); one != nullptr) {
        one->registrations.insert(effect.register_id);
      }
    } else if (action == "DeregisterInstancesFromListener") {
      if (InstanceTruth* one = Instance(effect.instance_id); one != nullptr) {
        one->registrations.erase(effect.register_id);
        one->deregistered_at = record.executed_at;
      }
    }
  }
}

void Truth::TakeIn(const std::string& account, absl::Span<const activity::ObservedInstance> list,
                   absl::Time at) {
  constexpr size_t kKept = 300;
  std::deque<absl::Time>& lists = lists_[account];
  lists.push_back(at);
  if (lists.size() > kKept) lists.pop_front();
  for (const activity::ObservedInstance& seen : list) {
    if (InstanceTruth* one = Instance(seen.instance_id.value()); one != nullptr) {
      one->listed_at = at;
    }
  }
}

std::vector<absl::Time> Truth::ListsSince(const std::string& account, absl::Time since) const {
  std::vector<absl::Time> times;
  const auto lists = lists_.find(account);
  if (lists == lists_.end()) return times;
  for (const absl::Time at : lists->second) {
    if (at > since) times.push_back(at);
  }
  return times;
}

void Truth::Launched(const cloudsim::CallRecord& record, const cloudsim::CallEffect& effect) {
  InstanceTruth& one = instances_[effect.instance_id];
  one.id = effect.instance_id;
  one.account = record.call.account_id;
  one.intent = TagOf(effect.tags, "as.intent");
  one.launched_at = one.listed_at = record.executed_at;
  if (!absl::SimpleAtoi(TagOf(effect.tags, "as.group"), &one.group)) one.group = 0;
  if (one.group != 0) ++Group(one.group).living;
  if (IntentTruth* intent = Intent(one.intent); intent != nullptr) ++intent->executions;
}

void Truth::Ended(const std::string& id, absl::Time at) {
  InstanceTruth* one = Instance(id);
  if (one == nullptr || !one->lives) return;
  one->lives = false;
  one->ended_at = at;
  if (one->group != 0 && !one->let_go) --Group(one->group).living;
  const auto member_of = group_of_member_.find(id);
  if (member_of == group_of_member_.end()) return;
  const bool counted = member_of->second == one->group && !one->let_go;
  if (!counted) --Group(member_of->second).living;  // attached there
}

}  // namespace accordion::sim
