#include "engine/control/orphan_sweeper.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "engine/domain/limits.h"

namespace accordion::control {
namespace {

constexpr int kAbsentReads = 2;  // as in a removal (reliability.md C4)

// An instance that no group has, and the launch whose name or marker it carries.
struct Stranger {
  activity::ObservedInstance seen;
  std::optional<activity::LaunchIntent> launch;
};

// What is listed and not a member of any group, nor ever was one.
absl::StatusOr<std::vector<activity::ObservedInstance>> NeverMembers(
    ports::Tx& tx, const AccountSnapshot& snapshot) {
  ASSIGN_OR_RETURN(const std::vector<domain::Member> members,
                   tx.members().OfAccount(snapshot.account));
  absl::flat_hash_set<domain::InstanceId> known;
  for (const domain::Member& member : members) known.insert(member.instance_id);
  std::vector<domain::InstanceId> others;
  for (const activity::ObservedInstance& seen : snapshot.instances) {
    if (!known.contains(seen.instance_id)) others.push_back(seen.instance_id);
  }
  ASSIGN_OR_RETURN(const std::vector<domain::InstanceId> former,
                   tx.sweeps().EverMembers(snapshot.account, others));
  known.insert(former.begin(), former.end());
  std::vector<activity::ObservedInstance> never;
  for (const activity::ObservedInstance& seen : snapshot.instances) {
    if (!known.contains(seen.instance_id)) never.push_back(seen);
  }
  return never;
}

absl::StatusOr<std::vector<Stranger>> FindStrangers(ports::Tx& tx,
                                                    const AccountSnapshot& snapshot) {
  ASSIGN_OR_RETURN(std::vector<activity::ObservedInstance> never, NeverMembers(tx, snapshot));
  std::vector<std::string> names;
  for (const activity::ObservedInstance& seen : never) names.push_back(seen.name);
  ASSIGN_OR_RETURN(const std::vector<activity::LaunchIntent> named,
                   tx.activities().IntentsNamed(snapshot.account, names));
  std::vector<Stranger> strangers;
  for (activity::ObservedInstance& seen : never) {
    Stranger stranger;
    const auto launch = std::find_if(named.begin(), named.end(),
                                     [&](const auto& one) { return one.launch_name == seen.name; });
    if (launch != named.end()) {
      stranger.launch = *launch;
    } else if (!seen.marker.value().empty()) {
      // Its owner may have renamed it; the tag still says whose it is.
      absl::StatusOr<activity::LaunchIntent> tagged =
          tx.activities().GetIntent(snapshot.account, seen.marker);
      if (!tagged.ok() && !absl::IsNotFound(tagged.status())) return tagged.status();
      if (tagged.ok()) stranger.launch = *std::move(tagged);
    }
    stranger.seen = std::move(seen);
    strangers.push_back(std::move(stranger));
  }
  return strangers;
}

}  // namespace

OrphanSweeper::OrphanSweeper(const Parts& parts, const Settings& settings)
    : parts_(parts), settings_(settings) {}

void OrphanSweeper::Observe(const AccountSnapshot& snapshot) {
  const std::optional<ports::Fence> fence = parts_.leases.FenceFor(snapshot.account);
  if (!fence.has_value()) return;
  absl::Status done = Pursue(*fence, snapshot);
  if (done.ok() && SearchIsDue(snapshot)) done = Search(*fence, snapshot);
  if (done.ok() || absl::IsFailedPrecondition(done)) return;
  parts_.telemetry.StoreRetry("orphans");
  base::LogWarning("orphans could not be seen to; trying again",
                   {{"account", snapshot.account.value()}, {"error", done.ToString()}});
}

absl::Status OrphanSweeper::Pursue(const ports::Fence& fence, const AccountSnapshot& snapshot) {
  std::vector<ports::Orphan> open;
  RETURN_IF_ERROR(parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(open, tx.sweeps().OpenOrphans(snapshot.account));
    return absl::OkStatus();
  }));
  // One that fails must not keep the others from their turn.
  absl::Status first_error;
  for (const ports::Orphan& orphan : open) first_error.Update(PursueOne(fence, orphan));
  return first_error;
}

absl::Status OrphanSweeper::PursueOne(const ports::Fence& fence, ports::Orphan orphan) {
  ASSIGN_OR_RETURN(
      const std::vector<activity::ObservedInstance> read,
      parts_.compute.ReadInstances(orphan.account_id, orphan.project_id, {orphan.instance_id}));
  if (read.empty()) return Conclude(fence, std::move(orphan));
  orphan.absent_reads = 0;
  if (orphan.address.has_value() && orphan.address->allocation_id.empty()) {
    // Once the instance is gone nothing tells its address from the account's others.
    ASSIGN_OR_RETURN(
        const std::vector<activity::ObservedAddress> addresses,
        parts_.addresses.AddressesOf(orphan.account_id,
                                     {.instance_id = orphan.instance_id,
                                      .network_interface_id = read.front().network_interface_id,
                                      .project_id = orphan.address->project_id}));
    if (!addresses.empty()) orphan.address->allocation_id = addresses.front().allocation_id;
  }
  // Also proves that the shard is still ours, and that no user took the instance into a group.
  bool taken = false;
  RETURN_IF_ERROR(parts_.store.Transact(fence, [&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<domain::InstanceId> members,
                     tx.sweeps().EverMembers(orphan.account_id, {orphan.instance_id}));
    taken = !members.empty();
    orphan.gone_at = taken ? std::optional<absl::Time>(tx.Now()) : std::nullopt;
    return tx.sweeps().UpdateOrphan(orphan);
  }));
  if (taken || !MaySend()) return absl::OkStatus();
  return parts_.compute.Terminate(orphan.account_id, orphan.instance_id);
}

absl::Status OrphanSweeper::Conclude(const ports::Fence& fence, ports::Orphan orphan) {
  if (orphan.absent_reads < kAbsentReads) {
    ++orphan.absent_reads;
    if (orphan.absent_reads < kAbsentReads) {
      return parts_.store.Transact(fence,
                                   [&](ports::Tx& tx) { return tx.sweeps().UpdateOrphan(orphan); });
    }
  }
  if (orphan.address.has_value() && !orphan.address->allocation_id.empty()) {
    ASSIGN_OR_RETURN(const std::optional<activity::ObservedAddress> address,
                     parts_.addresses.ReadAddress(orphan.account_id,
                                                  {.allocation_id = orphan.address->allocation_id,
                                                   .project_id = orphan.address->project_id}));
    // One that is associated with something else by now was taken over by its account.
    if (address.has_value() && !address->associated) {
      if (!MaySend()) return absl::OkStatus();
      RETURN_IF_ERROR(
          parts_.addresses.ReleaseAddress(orphan.account_id, orphan.address->allocation_id));
    }
  }
  RETURN_IF_ERROR(parts_.store.Transact(fence, [&](ports::Tx& tx) {
    orphan.gone_at = tx.Now();
    return tx.sweeps().UpdateOrphan(orphan);
  }));
  parts_.telemetry.OrphanSeen("gone");
  base::LogInfo("orphan gone",
                {{"account", orphan.account_id.value()}, {"instance", orphan.instance_id.value()}});
  return absl::OkStatus();
}

bool OrphanSweeper::SearchIsDue(const AccountSnapshot& snapshot) {
  absl::MutexLock lock(&mutex_);
  absl::Time& next = next_search_.try_emplace(snapshot.account, absl::InfinitePast()).first->second;
  if (snapshot.listed_at < next) return false;
  next = snapshot.listed_at + settings_.orphan_search;
  return true;
}

absl::Status OrphanSweeper::Search(const ports::Fence& fence, const AccountSnapshot& snapshot) {
  std::vector<Stranger> strangers;
  absl::Time now;
  RETURN_IF_ERROR(parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    now = tx.Now();
    ASSIGN_OR_RETURN(strangers, FindStrangers(tx, snapshot));
    return absl::OkStatus();
  }));
  absl::Status first_error;
  for (const Stranger& stranger : strangers) {
    const activity::LaunchIntent* launch = stranger.launch ? &*stranger.launch : nullptr;
    const activity::OrphanVerdict verdict =
        activity::JudgeOrphan(stranger.seen, launch, now, settings_.orphans);
    if (verdict == activity::OrphanVerdict::kDoubtful) {
      parts_.telemetry.OrphanSeen("doubtful");
      base::LogWarning("an instance looks like one of ours and no group has it: left alone",
                       {{"account", snapshot.account.value()},
                        {"instance", stranger.seen.instance_id.value()},
                        {"name", stranger.seen.name}});
    }
    if (verdict == activity::OrphanVerdict::kOrphan)
      first_error.Update(Record(fence, stranger.seen, *launch));
  }
  return first_error;
}

absl::Status OrphanSweeper::Record(const ports::Fence& fence,
                                   const activity::ObservedInstance& seen,
                                   const activity::LaunchIntent& launch) {
  ASSIGN_OR_RETURN(
      const std::vector<activity::ObservedInstance> read,
      parts_.compute.ReadInstances(launch.account_id, seen.project_id, {seen.instance_id}));
  if (read.empty() || read.front().name != seen.name) return absl::OkStatus();
  ports::Orphan orphan{.account_id = launch.account_id,
                       .instance_id = seen.instance_id,
                       .intent_id = launch.id,
                       .project_id = seen.project_id,
                       .address = std::nullopt,
                       .absent_reads = 0,
                       .found_at = absl::InfinitePast(),
                       .gone_at = std::nullopt};
  if (launch.address_project_id.has_value())
    orphan.address =
        domain::BoughtAddress{.allocation_id = "", .project_id = *launch.address_project_id};
  absl::string_view outcome;
  RETURN_IF_ERROR(parts_.store.Transact(fence, [&](ports::Tx& tx) -> absl::Status {
    outcome = "known";
    orphan.found_at = tx.Now();
    ASSIGN_OR_RETURN(const std::vector<domain::InstanceId> members,
                     tx.sweeps().EverMembers(orphan.account_id, {orphan.instance_id}));
    if (!members.empty()) return absl::OkStatus();  // attached meanwhile: its user's
    ASSIGN_OR_RETURN(const int begun,
                     tx.sweeps().OrphansSince(orphan.account_id, tx.Now() - domain::kOrphanWindow));
    if (begun >= domain::kMaxOrphansInWindow) {
      outcome = "held";
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::vector<ports::Orphan> open,
                     tx.sweeps().OpenOrphans(orphan.account_id));
    for (const ports::Orphan& one : open) {
      if (one.instance_id == orphan.instance_id) return absl::OkStatus();
    }
    outcome = "found";
    // One that was taken for gone, and is here: reads lag. It begins anew.
    const absl::Status inserted = tx.sweeps().InsertOrphan(orphan);
    return absl::IsAlreadyExists(inserted) ? tx.sweeps().UpdateOrphan(orphan) : inserted;
  }));
  parts_.telemetry.OrphanSeen(outcome);
  if (outcome == "known") return absl::OkStatus();
  base::LogWarning(outcome == "held" ? "too many orphans at once: this one waits"
                                     : "orphan found; it will be terminated",
                   {{"account", orphan.account_id.value()},
                    {"instance", orphan.instance_id.value()},
                    {"name", seen.name},
                    {"intent", orphan.intent_id.value()}});
  return absl::OkStatus();
}

}  // namespace accordion::control
