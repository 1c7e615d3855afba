#include "engine/control/reconcile_loop.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace accordion::control {
namespace {

constexpr int kDueBatch = 500;  // groups a poll; the rest is due at the next one

}  // namespace

ReconcileLoop::ReconcileLoop(Parts parts, Settings settings)
    : parts_(parts), settings_(std::move(settings)) {}

void ReconcileLoop::Start() { SchedulePoll(absl::ZeroDuration()); }

void ReconcileLoop::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

void ReconcileLoop::Wake(const ports::GroupKey& key) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    const auto [turn, is_new] = turns_.try_emplace(key, Turn::kQueued);
    if (!is_new) {
      if (turn->second == Turn::kRunning) turn->second = Turn::kRunningAgain;
      return;
    }
  }
  if (parts_.executor.Submit(ports::Lane::kWork, [this, key] { Step(key); })) return;
  // The lane is full: the group stays due in the store, and the poll finds it.
  absl::MutexLock lock(&mutex_);
  turns_.erase(key);
}

void ReconcileLoop::Step(const ports::GroupKey& key) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    turns_[key] = Turn::kRunning;
  }
  const absl::Status status = StepOnce(key);
  bool again = false;
  {
    absl::MutexLock lock(&mutex_);
    const auto turn = turns_.find(key);
    again = turn != turns_.end() && turn->second == Turn::kRunningAgain;
    turns_.erase(key);
  }
  if (!status.ok()) {
    parts_.telemetry.StoreRetry("reconcile");
    base::LogWarning("reconcile step failed; trying again",
                     {{"group", absl::StrCat(key.group_id.value())}, {"error", status.ToString()}});
    parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + settings_.store_retry,
                             [this, key] { Wake(key); });
    return;
  }
  if (again) Wake(key);
}

absl::Status ReconcileLoop::StepOnce(const ports::GroupKey& key) {
  const std::optional<ports::Fence> fence = parts_.leases.FenceFor(key.group_id);
  if (!fence.has_value()) return absl::OkStatus();  // its owner reconciles it
  const absl::StatusOr<ReconcileOutcome> outcome = parts_.reconciler.Step(*fence, key);
  if (absl::IsNotFound(outcome.status()) || absl::IsFailedPrecondition(outcome.status()))
    return absl::OkStatus();
  RETURN_IF_ERROR(outcome.status());
  if (outcome->is_new) {
    const activity::Activity& opened = outcome->open->activity;
    base::LogInfo("activity opened", {{"group", absl::StrCat(key.group_id.value())},
                                      {"activity", absl::StrCat(opened.id.value())},
                                      {"type", absl::StrCat(static_cast<int>(opened.type))},
                                      {"slots", absl::StrCat(outcome->open->slots.size())}});
    parts_.waker.DefinitionChanged(key);  // victims serve no more
  }
  if (outcome->open.has_value()) parts_.worker.Start(*outcome->open);
  if (outcome->cancel_activity.has_value()) {
    parts_.worker.Cancel(key, *outcome->cancel_activity, outcome->cancel_slots);
  }
  TellOfHealth(key, *outcome);
  // Near wake-ups get a timer of their own; the poll finds the others.
  if (outcome->wake_at <= parts_.clock.Now() + settings_.resync / 2) {
    parts_.executor.SubmitAt(ports::Lane::kWork, outcome->wake_at, [this, key] { Wake(key); });
  }
  return absl::OkStatus();
}

void ReconcileLoop::TellOfHealth(const ports::GroupKey& key, const ReconcileOutcome& outcome) {
  const domain::HealthSituation& health = outcome.health;
  const std::string group = absl::StrCat(key.group_id.value());
  if (health.unhealthy_protected > 0) {
    parts_.telemetry.MembersNotReplaced("protected", health.unhealthy_protected);
    base::LogWarning("unhealthy members are protected and not replaced",
                     {{"group", group}, {"members", absl::StrCat(health.unhealthy_protected)}});
  }
  if (health.replacement_held) {
    parts_.telemetry.MembersNotReplaced("held", health.turned_together);
  }
  if (outcome.replacement_hold_began) {
    base::LogWarning("replacement is held: too many members turned unhealthy together",
                     {{"group", group},
                      {"unhealthy", absl::StrCat(health.turned_together)},
                      {"in_service", absl::StrCat(health.in_service)}});
  }
}

void ReconcileLoop::SchedulePoll(absl::Duration delay) {
  parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + delay, [this] { PollDue(); });
}

void ReconcileLoop::PollDue() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
  }
  SchedulePoll(settings_.due_poll);
  const std::vector<int> shards = parts_.leases.Shards();
  if (shards.empty()) return;
  std::vector<ports::DueGroup> due;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(due, tx.groups().Due(shards, tx.Now(), kDueBatch));
    return absl::OkStatus();
  });
  if (!read.ok()) {
    parts_.telemetry.StoreRetry("due");
    return;
  }
  for (const ports::DueGroup& group : due) {
    Wake(group.key);
    // Evaluation's copy is refreshed by the same resync: no hint is needed for it to become right.
    parts_.waker.DefinitionChanged(group.key);
  }
}

}  // namespace accordion::control
