// The engine's loops, wired: lease, reconcile, activities, evaluation. What the daemon and the
// simulation start.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "engine/control/account_sweep.h"
#include "engine/control/activity_worker.h"
#include "engine/control/client_token_pruner.h"
#include "engine/control/effect_runner.h"
#include "engine/control/evaluation_index.h"
#include "engine/control/group_reconciler.h"
#include "engine/control/health_monitor.h"
#include "engine/control/intent_resolver.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/orphan_sweeper.h"
#include "engine/control/outbox_relay.h"
#include "engine/control/policy_evaluator.h"
#include "engine/control/reconcile_loop.h"
#include "engine/control/settings.h"
#include "engine/control/task_scheduler.h"
#include "engine/metrics/sample_store.h"
#include "engine/ports/address_cloud.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/executor.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/lease.h"
#include "engine/ports/load_balancer_cloud.h"
#include "engine/ports/notifier.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe. Everything in Parts must outlive it, and the executor must have been stopped before
// it is destroyed.
class ControlPlane final : public ports::GroupWaker {
 public:
  struct Parts {
    ports::Store& store;
    ports::LeaseStore& leases;
    ports::ComputeCloud& compute;
    ports::LoadBalancerCloud& load_balancers;
    ports::AddressCloud& addresses;
    metrics::SampleStore& samples;
    ports::Executor& executor;
    const base::Clock& clock;
    base::Rng& rng;
    ports::Telemetry& telemetry;
    ports::Notifier* notifier = nullptr;  // without one, events wait in the outbox
  };
  ControlPlane(const Parts& parts, const Settings& settings);

  // Acquires the lease and begins to work on what the store holds.
  void Start();
  // Begins nothing more and gives the lease back. Calls under way end by their timeouts.
  void Stop();

  // Whether this engine holds a live lease (readiness).
  bool LeaseHeld() const { return leases_.Held(); }
  const LeaseKeeper& leases() const { return leases_; }

  void Wake(const ports::GroupKey& group) override;
  void DefinitionChanged(const ports::GroupKey& group) override;
  void TaskChanged(const ports::GroupKey& group) override;
  void ActivityEnded(const ports::GroupKey& group) override;

 private:
  void TakeUp(const std::vector<int>& shards);
  void Refresh(const ports::GroupKey& group);

  const Parts parts_;
  const Settings settings_;
  LeaseKeeper leases_;
  EvaluationIndex index_;
  EffectRunner effects_;
  GroupReconciler reconciler_;
  ActivityWorker worker_;
  ReconcileLoop loop_;
  PolicyEvaluator evaluator_;
  TaskScheduler scheduler_;
  IntentResolver resolver_;
  HealthMonitor health_;
  OrphanSweeper orphans_;
  AccountSweep sweep_;
  ClientTokenPruner token_pruner_;
  std::unique_ptr<OutboxRelay> relay_;  // null without a notifier
};

}  // namespace accordion::control
