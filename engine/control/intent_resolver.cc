#include "engine/control/intent_resolver.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace accordion::control {
namespace {

constexpr int kBatch = 100;          // intents a sweep; the rest follow as these are resolved
constexpr int kSweepsToAbandon = 3;  // reliability.md C3

domain::Member Leaving(const activity::LaunchIntent& intent, const activity::ObservedInstance& seen,
                       absl::Time now) {
  domain::Member member;
  member.instance_id = seen.instance_id;
  member.group_id = intent.group_id;
  member.account_id = intent.account_id;
  member.name = seen.name;
  member.host_name = seen.host_name;
  member.life_cycle = domain::LifeCycle::kTerminating;
  member.subnet_id = intent.pair.subnet_id;
  member.zone = seen.zone;
  member.instance_type = intent.pair.instance_type;
  member.private_ip = seen.private_ip;
  member.network_interface_id = seen.network_interface_id;
  member.project_id = intent.project_id;
  if (intent.address_project_id.has_value()) {
    member.address.emplace();
    member.address->project_id = *intent.address_project_id;
  }
  member.surviving_disks = seen.surviving_disks;
  member.add_time = now;
  return member;
}

}  // namespace

IntentResolver::IntentResolver(Parts parts, Settings settings)
    : parts_(parts), settings_(std::move(settings)) {}

void IntentResolver::Start() { ScheduleSweep(); }

void IntentResolver::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

void IntentResolver::ScheduleSweep() {
  parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + settings_.intent_sweep,
                           [this] { Sweep(); });
}

void IntentResolver::Sweep() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
  }
  std::vector<activity::LaunchIntent> intents;
  absl::Time now;
  const std::vector<int> shards = parts_.leases.Shards();
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    now = tx.Now();
    ASSIGN_OR_RETURN(intents, tx.activities().UnresolvedEnded(shards, kBatch));
    return absl::OkStatus();
  });
  if (!read.ok()) parts_.telemetry.StoreRetry("intents");
  for (const activity::LaunchIntent& intent : intents) {
    const absl::Status resolved = Resolve(intent, now);
    if (resolved.ok()) continue;
    base::LogWarning("a launch could not be resolved; trying again",
                     {{"group", absl::StrCat(intent.group_id.value())},
                      {"intent", intent.id.value()},
                      {"error", resolved.ToString()}});
  }
  ScheduleSweep();  // only now: sweeps must not overlap, or one miss would count twice
}

absl::Status IntentResolver::Resolve(const activity::LaunchIntent& intent, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<activity::ObservedInstance> arrived,
                   parts_.compute.FindByMarker(intent.account_id, intent.project_id,
                                               intent.launch_name, intent.id));
  if (!arrived.empty()) return LetGo(intent, arrived);
  {
    absl::MutexLock lock(&mutex_);
    if (++missed_[intent.id] < kSweepsToAbandon) return absl::OkStatus();
  }
  if (now < *intent.sent_at + settings_.steps.UnknownHorizon()) return absl::OkStatus();
  return Abandon(intent);
}

absl::Status IntentResolver::LetGo(const activity::LaunchIntent& intent,
                                   const std::vector<activity::ObservedInstance>& arrived) {
  activity::LaunchIntent resolved = intent;
  resolved.state = activity::IntentState::kAdopted;
  resolved.instance_id = arrived.front().instance_id;
  resolved.outcome = "arrived after its activity had ended";
  return Commit(intent, resolved, [&](ports::Tx& tx) -> absl::Status {
    for (const activity::ObservedInstance& one : arrived) {
      RETURN_IF_ERROR(tx.members().Insert(Leaving(intent, one, tx.Now())));
    }
    return absl::OkStatus();
  });
}

absl::Status IntentResolver::Abandon(const activity::LaunchIntent& intent) {
  activity::LaunchIntent resolved = intent;
  resolved.state = activity::IntentState::kAbandoned;
  resolved.outcome = "not seen until the horizon";
  return Commit(intent, resolved, [](ports::Tx&) { return absl::OkStatus(); });
}

absl::Status IntentResolver::Commit(const activity::LaunchIntent& intent,
                                    const activity::LaunchIntent& resolved,
                                    ports::Store::Work work) {
  const ports::GroupKey group{intent.account_id, intent.group_id};
  const std::optional<ports::Fence> fence = parts_.leases.FenceFor(intent.group_id);
  if (!fence.has_value()) return absl::OkStatus();  // its owner resolves it
  const absl::Status committed = parts_.store.Transact(*fence, [&](ports::Tx& tx) -> absl::Status {
    // Reconcile must see the intent or what became of it, never neither.
    RETURN_IF_ERROR(tx.groups().Lock(group).status());
    RETURN_IF_ERROR(tx.activities().UpdateIntent(resolved, intent.state));
    return work(tx);
  });
  RETURN_IF_ERROR(committed);
  base::LogInfo("launch resolved", {{"group", absl::StrCat(intent.group_id.value())},
                                    {"intent", intent.id.value()},
                                    {"to", activity::IntentStateName(resolved.state)},
                                    {"instance", resolved.instance_id.value()}});
  {
    absl::MutexLock lock(&mutex_);
    missed_.erase(intent.id);
  }
  parts_.waker.Wake(group);
  return absl::OkStatus();
}

}  // namespace accordion::control
