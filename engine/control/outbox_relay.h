// Announces finished activities to their accounts' contacts: at least once, in order per group and
// contact, under a stable event id (reliability.md C8, I-19).
//
// The store holds the whole state of a delivery; this loop claims what is due, has it sent, and
// settles it. It works for the shards that this engine holds, at once when woken, else by polling.
// An endpoint gets at most `per_endpoint` deliveries at a time, and none for a while if it doesn't
// answer, so that one bad endpoint holds up nobody else.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "base/random.h"
#include "engine/control/delivery_policy.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/lookout.h"
#include "engine/ports/executor.h"
#include "engine/ports/notifier.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe.
class OutboxRelay {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    ports::Notifier& notifier;
    ports::Executor& executor;
    const base::Clock& clock;
    base::Rng& rng;
    ports::Telemetry& telemetry;
  };
  OutboxRelay(const Parts& parts, const NotifySettings& settings);

  void Start();
  // Begins no further delivery; those under way end by their timeouts, and are settled if they can.
  void Stop() { lookout_.Stop(); }
  // Never blocks. There may be a new event.
  void Wake() { lookout_.Wake(); }

 private:
  // One at a time, so that no two claim for the same endpoint.
  void Look();
  // Claims and starts what is due; true if there may be more.
  bool ClaimDue(const std::vector<int>& shards);
  void Run(const ports::ClaimedDelivery& claimed);
  ports::DeliveryResult Try(const ports::ClaimedDelivery& claimed);
  void Settle(const ports::ClaimedDelivery& claimed, const ports::DeliveryResult& result);
  void Prune();

  const Parts parts_;
  const NotifySettings settings_;

  Lookout lookout_;

  absl::Mutex mutex_;
  EndpointGates gates_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
