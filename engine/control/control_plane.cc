#include "engine/control/control_plane.h"

#include "absl/strings/str_cat.h"
#include "base/log.h"

namespace accordion::control {

ControlPlane::ControlPlane(const Parts& parts, const Settings& settings)
    : parts_(parts),
      settings_(settings),
      leases_({parts.leases, parts.executor, parts.clock, parts.telemetry}, settings),
      index_(parts.store, parts.samples),
      effects_({parts.compute, parts.load_balancers, parts.addresses, leases_}, settings),
      reconciler_(parts.store, parts.rng, settings),
      worker_({parts.store, leases_, effects_, parts.executor, parts.clock, parts.rng,
               parts.telemetry, *this},
              settings),
      loop_({parts.store, leases_, reconciler_, worker_, parts.executor, parts.clock,
             parts.telemetry, *this},
            settings),
      evaluator_({parts.store, leases_, index_, parts.samples, parts.executor, parts.clock,
                  parts.telemetry, *this},
                 settings),
      scheduler_({parts.store, leases_, parts.executor, parts.clock, parts.telemetry, *this},
                 settings),
      resolver_({parts.store, leases_, parts.compute, parts.executor, parts.clock, parts.telemetry,
                 *this},
                settings),
      health_({parts.store, leases_, parts.compute, parts.load_balancers, parts.telemetry, *this},
              settings),
      orphans_({parts.store, leases_, parts.compute, parts.addresses, parts.telemetry}, settings),
      sweep_({parts.store, leases_, parts.compute, parts.executor, parts.clock, parts.rng,
              parts.telemetry},
             settings,
             {[this](const AccountSnapshot& snapshot) { health_.Observe(snapshot); },
              [this](const AccountSnapshot& snapshot) { orphans_.Observe(snapshot); }}),
      token_pruner_({parts.store, parts.executor, parts.clock, parts.telemetry}) {
  if (parts.notifier == nullptr) return;
  relay_ = std::make_unique<OutboxRelay>(
      OutboxRelay::Parts{parts.store, leases_, *parts.notifier, parts.executor, parts.clock,
                         parts.rng, parts.telemetry},
      settings.notify);
}

void ControlPlane::Start() {
  if (relay_ != nullptr) relay_->Start();
  loop_.Start();
  resolver_.Start();
  sweep_.Start();
  token_pruner_.Start();
  scheduler_.Start();
  leases_.Start([this](const std::vector<int>& shards) {
    // Off the lease's lane: loading must not delay the next renewal.
    parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now(),
                             [this, shards] { TakeUp(shards); });
  });
}

void ControlPlane::Stop() {
  if (relay_ != nullptr) relay_->Stop();
  loop_.Stop();
  resolver_.Stop();
  sweep_.Stop();
  token_pruner_.Stop();
  evaluator_.Stop();
  scheduler_.Stop();
  worker_.Stop();
  leases_.Stop();
}

void ControlPlane::TakeUp(const std::vector<int>& shards) {
  // First what may be half done in the cloud, then evaluation, which needs the members.
  absl::Status taken = worker_.Resume(shards);
  if (taken.ok()) taken = index_.Load(shards);
  if (!taken.ok()) {
    parts_.telemetry.StoreRetry("take_up");
    base::LogWarning("shards could not be taken up; trying again", {{"error", taken.ToString()}});
    parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + settings_.store_retry,
                             [this, shards] { TakeUp(shards); });
    return;
  }
  evaluator_.Arm();
  evaluator_.CatchUp();
  scheduler_.Wake();
  base::LogInfo("shards taken up",
                {{"shards", absl::StrCat(shards.size())}, {"groups", absl::StrCat(index_.size())}});
}

void ControlPlane::Wake(const ports::GroupKey& group) { loop_.Wake(group); }

void ControlPlane::TaskChanged(const ports::GroupKey&) { scheduler_.Wake(); }

void ControlPlane::ActivityEnded(const ports::GroupKey&) {
  if (relay_ != nullptr) relay_->Wake();
}

void ControlPlane::DefinitionChanged(const ports::GroupKey& group) {
  if (parts_.executor.Submit(ports::Lane::kEvaluate, [this, group] { Refresh(group); })) return;
  parts_.executor.SubmitAt(ports::Lane::kEvaluate, parts_.clock.Now() + settings_.store_retry,
                           [this, group] { Refresh(group); });
}

void ControlPlane::Refresh(const ports::GroupKey& group) {
  const absl::Status refreshed = index_.Refresh(group);
  if (!refreshed.ok()) {
    parts_.telemetry.StoreRetry("refresh");
    parts_.executor.SubmitAt(ports::Lane::kEvaluate, parts_.clock.Now() + settings_.store_retry,
                             [this, group] { Refresh(group); });
    return;
  }
  evaluator_.Arm();
}

}  // namespace accordion::control
