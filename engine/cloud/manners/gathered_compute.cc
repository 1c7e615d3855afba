#include "engine/cloud/manners/gathered_compute.h"

#include <algorithm>
#include <cstddef>
#include <memory>

#include "base/status_macros.h"

namespace accordion::cloud {
namespace {

constexpr size_t kIdsPerCall = 100;  // InstanceId.N of DescribeInstances (clients.md §4)

}  // namespace

GatheredCompute::GatheredCompute(ports::ComputeCloud& inner, AccountSeats& seats,
                                 const base::Clock& clock, GatherOptions options)
    : inner_(inner), seats_(seats), clock_(clock), options_(options) {}

activity::Event GatheredCompute::Launch(const domain::AccountId& account,
                                        const ports::LaunchCall& call) {
  return inner_.Launch(account, call);
}

absl::StatusOr<std::vector<activity::ObservedInstance>> GatheredCompute::FindByMarker(
    const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
    const domain::IntentId& marker) {
  return inner_.FindByMarker(account, project_id, launch_name, marker);
}

absl::StatusOr<std::vector<activity::ObservedInstance>> GatheredCompute::ListInstances(
    const domain::AccountId& account, absl::Span<const int64_t> projects) {
  return inner_.ListInstances(account, projects);
}

absl::Status GatheredCompute::Terminate(const domain::AccountId& account,
                                        const domain::InstanceId& id) {
  return inner_.Terminate(account, id);
}

absl::StatusOr<std::vector<activity::ObservedInstance>> GatheredCompute::ReadInstances(
    const domain::AccountId& account, int64_t project_id,
    absl::Span<const domain::InstanceId> ids) {
  // Whoever reads many has gathered them.
  if (ids.empty() || ids.size() >= kIdsPerCall)
    return inner_.ReadInstances(account, project_id, ids);
  const Key key{account, project_id};
  if (std::optional<Instances> known = Remembered(key, ids)) return *std::move(known);
  const auto result = rounds_.Join(
      key, {ids.begin(), ids.end()},
      [&]() -> std::shared_ptr<void> {
        std::optional<AccountSeats::Seat> seat = seats_.Take(account);
        if (!seat.has_value()) return nullptr;
        return std::make_shared<AccountSeats::Seat>(*std::move(seat));
      },
      [&](const std::vector<domain::InstanceId>& asked) { return ReadRound(key, asked); });
  if (result == nullptr) {
    return ports::CloudError(activity::FailureClass::kThrottled,
                             "the account has as many reads waiting as it may");
  }
  RETURN_IF_ERROR(result->status());
  Instances mine;
  for (const activity::ObservedInstance& one : **result) {
    if (std::find(ids.begin(), ids.end(), one.instance_id) != ids.end()) mine.push_back(one);
  }
  return mine;
}

std::optional<GatheredCompute::Instances> GatheredCompute::Remembered(
    const Key& key, absl::Span<const domain::InstanceId> ids) {
  const absl::Duration now = clock_.BootTime();
  absl::MutexLock lock(&mutex_);
  Watch& watch = watch_[key];
  Instances known;
  for (const domain::InstanceId& id : ids) {
    Watched& watched = watch[id];
    watched.asked_at = now;
    if (now - watched.read_at < options_.share) known.push_back(watched.seen);
  }
  if (known.size() < ids.size()) return std::nullopt;
  return known;
}

absl::StatusOr<GatheredCompute::Instances> GatheredCompute::ReadRound(
    const Key& key, const std::vector<domain::InstanceId>& asked) {
  const absl::Duration began = clock_.BootTime();
  const std::vector<domain::InstanceId> ids = TakeAlong(key, asked, began);
  absl::StatusOr<Instances> seen = inner_.ReadInstances(key.first, key.second, ids);
  if (seen.ok()) Remember(key, ids, *seen, began);
  return seen;
}

std::vector<domain::InstanceId> GatheredCompute::TakeAlong(const Key& key,
                                                           std::vector<domain::InstanceId> asked,
                                                           absl::Duration now) {
  std::sort(asked.begin(), asked.end());
  asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
  std::vector<std::pair<absl::Duration, domain::InstanceId>> others;
  absl::MutexLock lock(&mutex_);
  Watch& watch = watch_[key];
  for (auto one = watch.begin(); one != watch.end();) {
    if (now - one->second.asked_at > options_.watch) {
      one = watch.erase(one);
      continue;
    }
    if (!std::binary_search(asked.begin(), asked.end(), one->first))
      others.emplace_back(one->second.read_at, one->first);
    ++one;
  }
  if (options_.share <= absl::ZeroDuration()) return asked;  // their answers would not be used
  std::sort(others.begin(), others.end());
  for (auto& [read_at, id] : others) {
    if (asked.size() >= kIdsPerCall) break;
    asked.push_back(std::move(id));
  }
  return asked;
}

void GatheredCompute::Remember(const Key& key, const std::vector<domain::InstanceId>& read,
                               const Instances& seen, absl::Duration began) {
  absl::MutexLock lock(&mutex_);
  Watch& watch = watch_[key];
  for (const activity::ObservedInstance& one : seen) {
    const auto watched = watch.find(one.instance_id);
    if (watched == watch.end()) continue;
    watched->second.read_at = began;
    watched->second.seen = one;
  }
  // One that wasn't seen is asked for by name alone: the cloud may refuse a list for its sake.
  for (const domain::InstanceId& id : read) {
    const auto watched = watch.find(id);
    if (watched != watch.end() && watched->second.read_at != began) watch.erase(watched);
  }
  if (watch.empty()) watch_.erase(key);
}

}  // namespace accordion::cloud
