// Keeps this engine's session alive and tells the loops what it may do (reliability.md C1).
//
// The deadline of the lease counts from *sending* a renewal, on the boot-time clock, which also
// counts suspends; so an engine that was paused knows that its lease may be gone before it touches
// the cloud.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/control/settings.h"
#include "engine/ports/executor.h"
#include "engine/ports/lease.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe.
class LeaseKeeper {
 public:
  struct Parts {
    ports::LeaseStore& leases;
    ports::Executor& executor;
    const base::Clock& clock;
    ports::Telemetry& telemetry;
  };
  LeaseKeeper(Parts parts, Settings settings);

  // Begins to acquire and renew. `on_acquired` is called on lane kLease after each acquisition with
  // the shards whose epoch is new, so that the loops resume what they find there.
  void Start(std::function<void(const std::vector<int>&)> on_acquired);
  // Gives the shards back, so that another engine needn't wait for the TTL.
  void Stop();

  // The fence for a transaction on the group; nullopt if its shard isn't held.
  std::optional<ports::Fence> FenceFor(const domain::GroupId& group) const;
  // The same for work that is an account's and no group's.
  std::optional<ports::Fence> FenceFor(const domain::AccountId& account) const;
  // Shards that are held now.
  std::vector<int> Shards() const;
  // Whether a call to the cloud that may take `call_timeout` ends within the lease (I-11).
  bool MaySend(absl::Duration call_timeout) const;
  bool Held() const;

 private:
  std::optional<ports::Fence> FenceOf(int shard) const;
  void Tick();
  void Acquire();
  void Lose();
  void ScheduleTick(absl::Duration delay);

  const Parts parts_;
  const Settings settings_;
  std::function<void(const std::vector<int>&)> on_acquired_;

  mutable absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t session_ ABSL_GUARDED_BY(mutex_) = 0;                             // 0: none
  absl::Duration deadline_ ABSL_GUARDED_BY(mutex_) = absl::ZeroDuration();  // boot time
  std::vector<int64_t> epochs_ ABSL_GUARDED_BY(mutex_);                     // by shard; 0: not held
};

}  // namespace accordion::control
