#include "tests/cloudsim/region/instance_fleet.h"

namespace accordion::cloudsim {

const Instance& InstanceFleet::Add(Instance instance, absl::Time boot_at) {
  instance.sequence = next_sequence_++;
  const uint64_t sequence = instance.sequence;
  sequence_of_[instance.id] = sequence;
  ++count_by_account_[instance.account_id];
  Instance& kept = by_sequence_.emplace(sequence, std::move(instance)).first->second;
  // A hanging boot never ends by itself.
  if (kept.fate != BootFate::kHangs) Schedule(kept, boot_at);
  return kept;
}

const Instance* InstanceFleet::Find(absl::string_view id) const {
  const auto it = sequence_of_.find(std::string(id));
  return it == sequence_of_.end() ? nullptr : &by_sequence_.at(it->second);
}

std::vector<const Instance*> InstanceFleet::List() const {
  std::vector<const Instance*> list;
  list.reserve(by_sequence_.size());
  for (const auto& [sequence, instance] : by_sequence_) list.push_back(&instance);
  return list;
}

int InstanceFleet::CountOf(absl::string_view account_id) const {
  const auto it = count_by_account_.find(std::string(account_id));
  return it == count_by_account_.end() ? 0 : it->second;
}

Instance& InstanceFleet::Get(absl::string_view id) {
  return by_sequence_.at(sequence_of_.at(std::string(id)));
}

void InstanceFleet::Schedule(Instance& instance, absl::Time at) {
  due_.erase({instance.next_transition, instance.sequence});
  instance.next_transition = at;
  if (at != absl::InfiniteFuture()) due_.insert({at, instance.sequence});
}

void InstanceFleet::BeginTermination(absl::string_view id, absl::Time gone_at) {
  Instance& instance = Get(id);
  if (instance.state == InstanceState::kTerminating) return;
  instance.state = InstanceState::kTerminating;
  Schedule(instance, gone_at);
}

void InstanceFleet::Recycle(absl::string_view id) {
  Instance& instance = Get(id);
  if (instance.state == InstanceState::kTerminating) return;
  instance.state = InstanceState::kRecycling;
  Schedule(instance, absl::InfiniteFuture());
}

void InstanceFleet::ForceState(absl::string_view id, InstanceState state, absl::Time now) {
  Instance& instance = Get(id);
  if (state == InstanceState::kActive && instance.state != InstanceState::kActive) {
    instance.active_since = now;
  }
  instance.state = state;
  Schedule(instance, absl::InfiniteFuture());
}

Instance InstanceFleet::Remove(absl::string_view id) {
  Instance& kept = Get(id);
  Schedule(kept, absl::InfiniteFuture());
  Instance gone = std::move(kept);
  by_sequence_.erase(gone.sequence);
  sequence_of_.erase(gone.id);
  --count_by_account_[gone.account_id];
  return gone;
}

std::vector<Instance> InstanceFleet::Advance(absl::Time now) {
  std::vector<Instance> gone;
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto [at, sequence] = *due_.begin();
    Instance& instance = by_sequence_.at(sequence);
    if (instance.state == InstanceState::kTerminating) {
      gone.push_back(Remove(instance.id));
      continue;
    }
    Schedule(instance, absl::InfiniteFuture());
    if (instance.fate == BootFate::kFails) {
      instance.state = InstanceState::kError;
    } else {
      instance.state = InstanceState::kActive;
      instance.active_since = at;
    }
  }
  return gone;
}

absl::Time InstanceFleet::NextTransitionAt() const {
  return due_.empty() ? absl::InfiniteFuture() : due_.begin()->first;
}

}  // namespace accordion::cloudsim
