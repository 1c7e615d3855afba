#include "engine/control/health_monitor.h"

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "engine/control/listener_health.h"

namespace accordion::control {
namespace {

using domain::CloudWord;
using domain::HealthChange;

CloudWord WordOf(activity::ObservedInstance::Power power) {
  using Power = activity::ObservedInstance::Power;
  switch (power) {
    case Power::kInProgress:
    case Power::kRunning:
      return CloudWord::kFine;
    case Power::kStopped:
    case Power::kError:
      return CloudWord::kBad;
  }
  return CloudWord::kUnread;
}

bool WasListed(const AccountSnapshot& snapshot, int64_t project) {
  return std::find(snapshot.projects.begin(), snapshot.projects.end(), project) !=
         snapshot.projects.end();
}

// What the list says of every member. One that is younger than reads lag may be missed by all of
// them, so that its absence says nothing.
absl::flat_hash_map<domain::InstanceId, CloudWord> WordsOf(const AccountSnapshot& snapshot,
                                                           absl::Duration read_lag) {
  absl::flat_hash_map<domain::InstanceId, CloudWord> seen;
  for (const activity::ObservedInstance& instance : snapshot.instances)
    seen[instance.instance_id] = WordOf(instance.power);
  absl::flat_hash_map<domain::InstanceId, CloudWord> words;
  for (const domain::Member& member : snapshot.members) {
    const auto found = seen.find(member.instance_id);
    const bool surely_shown = snapshot.listed_at >= member.add_time + read_lag;
    CloudWord word = CloudWord::kUnread;
    if (found != seen.end()) {
      word = found->second;
    } else if (surely_shown && WasListed(snapshot, member.project_id)) {
      word = CloudWord::kAbsent;
    }
    words.emplace(member.instance_id, word);
  }
  return words;
}

const char* WordOf(const HealthChange change) {
  switch (change) {
    case HealthChange::kNone:
      return "none";
    case HealthChange::kTurnsUnHealthy:
      return "unhealthy";
    case HealthChange::kTurnsHealthy:
      return "healthy";
    case HealthChange::kAskById:
      return "gone";
  }
  return "none";
}

const char* WordOf(const domain::HealthReason reason) {
  switch (reason) {
    case domain::HealthReason::kNone:
      return "";
    case domain::HealthReason::kStopped:
      return "the cloud says that it is stopped or in error";
    case domain::HealthReason::kListener:
      return "its listener says that it is unhealthy";
  }
  return "";
}

// The instance is gone: nothing is left to protect, nor to terminate where it was a guest.
absl::Status MarkGone(ports::Tx& tx, const ports::GroupKey& group, domain::Member member) {
  if (member.is_protected)
    RETURN_IF_ERROR(tx.members().Protect(group, {member.instance_id}, false).status());
  member.life_cycle = member.creation_type == domain::CreationType::kManual
                          ? domain::LifeCycle::kDetaching
                          : domain::LifeCycle::kTerminating;
  member.request_cause.reset();  // nobody asked for it
  return tx.members().Update(member);
}

}  // namespace

HealthMonitor::HealthMonitor(const Parts& parts, const Settings& settings)
    : parts_(parts), settings_(settings) {}

void HealthMonitor::Observe(const AccountSnapshot& snapshot) {
  AccountRuns runs;
  {
    absl::MutexLock lock(&mutex_);
    runs = std::move(accounts_[snapshot.account]);
  }
  const CloudWords words = WordsOf(snapshot, settings_.steps.read_lag);
  if (IsBelieved(snapshot, words, runs)) {
    for (const auto& [group, turns] : Judge(snapshot, words, runs))
      Apply(snapshot.account, group, turns);
  }
  absl::MutexLock lock(&mutex_);
  accounts_[snapshot.account] = std::move(runs);
}

bool HealthMonitor::IsBelieved(const AccountSnapshot& snapshot, const CloudWords& words,
                               AccountRuns& runs) {
  int known = 0;
  int absent = 0;
  for (const domain::Member& member : snapshot.members) {
    if (member.life_cycle != domain::LifeCycle::kInService) continue;
    ++known;
    if (words.at(member.instance_id) == CloudWord::kAbsent) ++absent;
  }
  if (domain::IsPlausible(known, absent)) {
    runs.lossy_since.reset();
    return true;
  }
  if (!runs.lossy_since.has_value()) runs.lossy_since = snapshot.listed_at;
  const absl::Duration lasted = snapshot.listed_at - *runs.lossy_since;
  const bool believed = lasted >= settings_.loss_patience;
  parts_.telemetry.Alarm("implausible_list");
  base::LogError(believed ? "an account has lost many of its instances for so long that it is "
                            "believed"
                          : "an account's list lost too many instances at once; nothing is "
                            "inferred from it",
                 {{"account", snapshot.account.value()},
                  {"known", absl::StrCat(known)},
                  {"missing", absl::StrCat(absent)},
                  {"for", absl::FormatDuration(lasted)}});
  return believed;
}

HealthMonitor::Turns HealthMonitor::Judge(const AccountSnapshot& snapshot, const CloudWords& words,
                                          AccountRuns& runs) {
  const ListenerHealth listeners(parts_.store, parts_.load_balancers, snapshot);
  Turns turns;
  absl::flat_hash_map<MemberKey, domain::HealthRun> next;
  for (const domain::Member& member : snapshot.members) {
    const MemberKey key{member.group_id, member.instance_id};
    const domain::HealthReading reading{.cloud = words.at(member.instance_id),
                                        .listener = listeners.WordOf(member),
                                        .at = snapshot.listed_at,
                                        .whole_at = snapshot.whole_at};
    const domain::HealthVerdict verdict =
        domain::JudgeHealth(member, runs.members[key], reading, settings_.health);
    next.emplace(key, verdict.run);
    if (verdict.change == HealthChange::kNone) continue;
    if (verdict.change == HealthChange::kAskById && !IsGone(snapshot.account, member)) continue;
    turns[member.group_id].push_back({member.instance_id, verdict.change, verdict.reason});
  }
  runs.members = std::move(next);
  return turns;
}

bool HealthMonitor::IsGone(const domain::AccountId& account, const domain::Member& member) {
  const absl::StatusOr<std::vector<activity::ObservedInstance>> read =
      parts_.compute.ReadInstances(account, member.project_id, {member.instance_id});
  return read.ok() && read->empty();
}

void HealthMonitor::Apply(const domain::AccountId& account, const domain::GroupId& group,
                          const std::vector<Turn>& turns) {
  const std::optional<ports::Fence> fence = parts_.leases.FenceFor(account);
  if (!fence.has_value()) return;  // another engine sweeps the account now
  const ports::GroupKey key{account, group};
  std::vector<Turn> applied;
  const absl::Status written = parts_.store.Transact(*fence, [&](ports::Tx& tx) {
    applied.clear();
    return ApplyInTx(tx, key, turns, applied);
  });
  if (absl::IsNotFound(written)) return;  // the group is gone
  if (!written.ok()) {
    // The runs stay, so the next sweep says it again.
    parts_.telemetry.StoreRetry("health");
    base::LogWarning("members' health could not be written; the next sweep tries again",
                     {{"group", absl::StrCat(group.value())}, {"error", written.ToString()}});
    return;
  }
  for (const Turn& turn : applied) {
    parts_.telemetry.HealthTurned(WordOf(turn.change));
    base::LogInfo("a member's health turned", {{"group", absl::StrCat(group.value())},
                                               {"instance", turn.instance_id.value()},
                                               {"to", WordOf(turn.change)},
                                               {"why", WordOf(turn.reason)}});
  }
  if (!applied.empty()) parts_.waker.Wake(key);
}

absl::Status HealthMonitor::ApplyInTx(ports::Tx& tx, const ports::GroupKey& group,
                                      const std::vector<Turn>& turns, std::vector<Turn>& applied) {
  RETURN_IF_ERROR(tx.groups().Lock(group).status());
  for (const Turn& turn : turns) {
    absl::StatusOr<domain::Member> member = tx.members().Lock(group, turn.instance_id);
    if (absl::IsNotFound(member.status())) continue;
    RETURN_IF_ERROR(member.status());
    if (member->life_cycle != domain::LifeCycle::kInService) continue;
    switch (turn.change) {
      case HealthChange::kNone:
        continue;
      case HealthChange::kTurnsUnHealthy:
        if (member->health == domain::Health::kUnHealthy) continue;
        member->health = domain::Health::kUnHealthy;
        member->unhealthy_since = tx.Now();
        RETURN_IF_ERROR(tx.members().Update(*member));
        break;
      case HealthChange::kTurnsHealthy:
        if (member->health == domain::Health::kHealthy) continue;
        member->health = domain::Health::kHealthy;
        member->unhealthy_since.reset();
        RETURN_IF_ERROR(tx.members().Update(*member));
        break;
      case HealthChange::kAskById:
        // The activity that holds it finds out by itself; else the next sweep asks again.
        if (member->activity_id.has_value()) continue;
        RETURN_IF_ERROR(MarkGone(tx, group, *std::move(member)));
        break;
    }
    applied.push_back(turn);
  }
  return applied.empty() ? absl::OkStatus() : tx.groups().SetWake(group, tx.Now());
}

}  // namespace accordion::control
