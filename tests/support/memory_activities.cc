// Activities, slots and launch intents of the in-memory store.
#include <algorithm>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

using activity::Activity;
using activity::IntentState;
using activity::LaunchIntent;
using activity::Slot;

absl::Status MemoryActivities::Open(const Activity& activity, absl::Span<const Slot> slots,
                                    absl::Span<const LaunchIntent> intents) {
  RETURN_IF_ERROR(state_.RequireWritable());
  if (state_.open_activities.Find(activity.group_id) != nullptr)
    return absl::AlreadyExistsError("open activity");
  RETURN_IF_ERROR(state_.RequireGroup({activity.account_id, activity.group_id}));
  state_.open_activities.Put(activity.group_id, activity);
  for (const Slot& slot : slots) state_.slots.Put({slot.activity_id, slot.number}, slot);
  for (const LaunchIntent& intent : intents) RETURN_IF_ERROR(InsertIntent(intent));
  return absl::OkStatus();
}

const Activity* MemoryActivities::FindOpen(const ports::GroupKey& group) const {
  const Activity* row = state_.open_activities.Find(group.group_id);
  return row != nullptr && row->account_id == group.account_id ? row : nullptr;
}

ports::OpenActivity MemoryActivities::WithSlots(const Activity& activity) const {
  ports::OpenActivity open{.activity = activity, .slots = {}};
  for (const auto& [key, slot] : state_.slots.rows()) {
    if (key.first == activity.id) open.slots.push_back(slot);
  }
  return open;
}

absl::StatusOr<std::optional<ports::OpenActivity>> MemoryActivities::GetOpen(
    const ports::GroupKey& group) {
  const Activity* activity = FindOpen(group);
  if (activity == nullptr) return std::nullopt;
  return WithSlots(*activity);
}

absl::StatusOr<std::optional<ports::OpenActivity>> MemoryActivities::LockOpen(
    const ports::GroupKey& group) {
  RETURN_IF_ERROR(state_.RequireWritable());
  return GetOpen(group);
}

absl::StatusOr<std::vector<ports::OpenActivity>> MemoryActivities::ScanOpen(
    absl::Span<const int> shards) {
  std::vector<ports::OpenActivity> open;
  for (const auto& [group_id, activity] : state_.open_activities.rows()) {
    if (std::find(shards.begin(), shards.end(), ports::ShardOf(group_id)) == shards.end()) continue;
    open.push_back(WithSlots(activity));
  }
  std::sort(open.begin(), open.end(),
            [](const auto& a, const auto& b) { return a.activity.id < b.activity.id; });
  return open;
}

absl::StatusOr<Slot> MemoryActivities::LockSlot(const ports::GroupKey& group,
                                                const domain::ActivityId& activity, int number) {
  RETURN_IF_ERROR(state_.RequireWritable());
  const Activity* open = FindOpen(group);
  const Slot* slot = state_.slots.Find({activity, number});
  if (open == nullptr || open->id != activity || slot == nullptr) {
    return absl::NotFoundError("slot of an open activity");
  }
  return *slot;
}

absl::Status MemoryActivities::UpdateSlot(const ports::GroupKey& group, const Slot& slot) {
  RETURN_IF_ERROR(LockSlot(group, slot.activity_id, slot.number).status());
  state_.slots.Put({slot.activity_id, slot.number}, slot);
  return absl::OkStatus();
}

absl::Status MemoryActivities::InsertIntent(const LaunchIntent& intent) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(intent.account_id));
  if (state_.intents.Find(intent.id) != nullptr) return absl::AlreadyExistsError("launch intent");
  state_.intents.Put(intent.id, intent);
  return absl::OkStatus();
}

absl::Status MemoryActivities::UpdateIntent(const LaunchIntent& intent, IntentState from) {
  RETURN_IF_ERROR(state_.RequireWritable());
  ASSIGN_OR_RETURN(const LaunchIntent old, GetIntent(intent.account_id, intent.id));
  if (old.state != from) return absl::FailedPreconditionError("launch intent is in another state");
  state_.intents.Put(intent.id, intent);
  return absl::OkStatus();
}

absl::StatusOr<LaunchIntent> MemoryActivities::GetIntent(const domain::AccountId& account,
                                                         const domain::IntentId& id) {
  const LaunchIntent* row = state_.intents.Find(id);
  if (row == nullptr || row->account_id != account) return absl::NotFoundError("launch intent");
  return *row;
}

absl::StatusOr<int> MemoryActivities::UnresolvedIntents(const ports::GroupKey& group) {
  int count = 0;
  for (const auto& [id, row] : state_.intents.rows()) {
    const bool unresolved = row.state == IntentState::kPrepared ||
                            row.state == IntentState::kSent || row.state == IntentState::kUnknown;
    if (unresolved && row.account_id == group.account_id && row.group_id == group.group_id) ++count;
  }
  return count;
}

absl::StatusOr<std::vector<LaunchIntent>> MemoryActivities::UnresolvedEnded(
    absl::Span<const int> shards, int limit) {
  std::vector<LaunchIntent> intents;
  for (const auto& [id, row] : state_.intents.rows()) {
    if (row.state != IntentState::kSent && row.state != IntentState::kUnknown) continue;
    if (std::find(shards.begin(), shards.end(), ports::ShardOf(row.group_id)) == shards.end()) {
      continue;
    }
    const Activity* open = state_.open_activities.Find(row.group_id);
    if (open != nullptr && open->id == row.activity_id) continue;
    if (intents.size() < static_cast<size_t>(limit)) intents.push_back(row);
  }
  return intents;
}

absl::StatusOr<std::vector<LaunchIntent>> MemoryActivities::IntentsNamed(
    const domain::AccountId& account, absl::Span<const std::string> names) {
  std::vector<LaunchIntent> found;
  for (const auto& [id, intent] : state_.intents.rows()) {
    if (intent.account_id == account && !intent.launch_name.empty() &&
        std::find(names.begin(), names.end(), intent.launch_name) != names.end()) {
      found.push_back(intent);
    }
  }
  return found;
}

absl::Status MemoryActivities::Finish(const Activity& finished) {
  RETURN_IF_ERROR(state_.RequireWritable());
  if (finished.status == domain::ActivityStatus::kRunning || !finished.end_time.has_value()) {
    return absl::InvalidArgumentError(
        "a finished activity needs a terminal status and an end time");
  }
  const Activity* open = FindOpen({finished.account_id, finished.group_id});
  if (open == nullptr || open->id != finished.id) return absl::NotFoundError("open activity");
  state_.open_activities.Erase(finished.group_id);
  state_.slots.EraseIf([&](const auto& key, const Slot&) { return key.first == finished.id; });
  Activity row = finished;
  row.configuration.reset();
  state_.history.Put(row.id, std::move(row));
  return absl::OkStatus();
}

absl::StatusOr<ports::Listing<Activity>> MemoryActivities::List(const ports::GroupKey& group,
                                                                const ports::ActivityFilter& filter,
                                                                const ports::Page& page) {
  std::vector<Activity> rows;
  const auto add = [&](const Activity& row) {
    if (!domain::IsUserVisible(row.type)) return;
    if (row.account_id != group.account_id || row.group_id != group.group_id ||
        !Admits(filter.ids, row.id))
      return;
    if (row.start_time < filter.from.value_or(absl::InfinitePast())) return;
    if (row.start_time > filter.to.value_or(absl::InfiniteFuture())) return;
    rows.push_back(row);
    rows.back().configuration.reset();
  };
  for (const auto& [id, row] : state_.open_activities.rows()) add(row);
  for (const auto& [id, row] : state_.history.rows()) add(row);
  std::sort(rows.begin(), rows.end(), [](const Activity& a, const Activity& b) {
    return std::tie(b.start_time, b.id) < std::tie(a.start_time, a.id);
  });
  return PageOf(std::move(rows), page);
}

}  // namespace accordion::testing
