// Drives the slots of open activities: commit a step, run its effect, feed the outcome back
// (architecture.md §4).
//
// Each slot is driven by one thread at a time. A step that can't be committed is tried again with
// the same event, since the event may be the only knowledge of what the cloud did; if the fence is
// lost the drive ends, and the new owner resumes the slot and looks the outcome up. The decisions
// are activity::AdvanceLaunch, AdvanceRemoval, AdvanceAttach and AdvanceRegistration.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "base/random.h"
#include "engine/activity/step.h"
#include "engine/control/effect_runner.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/settings.h"
#include "engine/ports/executor.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe.
class ActivityWorker {
 public:
  struct Parts {
    ports::Store& store;
    const LeaseKeeper& leases;
    EffectRunner& effects;
    ports::Executor& executor;
    const base::Clock& clock;
    base::Rng& rng;
    ports::Telemetry& telemetry;
    ports::GroupWaker& waker;
  };
  ActivityWorker(Parts parts, Settings settings);

  // Begins or resumes every slot of the activity that isn't being driven already.
  void Start(const ports::OpenActivity& open);
  // Resumes all open activities of the shards. Fails if the store does; call again.
  absl::Status Resume(const std::vector<int>& shards);
  // Asks the slots `numbers` to end without having sent anything; those that have sent go on.
  void Cancel(const ports::GroupKey& group, const domain::ActivityId& id,
              const std::vector<int>& numbers);
  // No further step is begun; calls under way end by their timeouts.
  void Stop();

 private:
  struct SlotKey {
    domain::ActivityId activity;
    int number = 0;

    friend bool operator==(const SlotKey&, const SlotKey&) = default;
    template <typename H>
    friend H AbslHashValue(H h, const SlotKey& key) {
      return H::combine(std::move(h), key.activity, key.number);
    }
  };
  struct Drive {
    ports::GroupKey group;
    std::shared_ptr<const activity::Activity> activity;
    bool running = false;  // a thread works on it; else a timer or a queued event will
    bool cancel = false;   // CancelRequested is to be fed next
    uint64_t timer = 0;    // only the timer with this number may wake it
  };
  // What a committed step asks for.
  struct Committed {
    activity::Step step;
    bool moved = false;
    bool ended = false;  // the activity is over: nothing to drive
  };

  // An event, and, if it is the outcome of a call, the shard's epoch under which the call was
  // committed.
  struct Fact {
    activity::Event event;
    int64_t epoch = 0;  // 0: no outcome
  };

  void Feed(const SlotKey& key, activity::Event event);
  // Drives the slot, if nobody does, until it sleeps or ends.
  void Run(const SlotKey& key, activity::Event event);
  // The same for a slot that is claimed.
  void DriveOn(const SlotKey& key, Fact fact);
  void NotCommitted(const SlotKey& key, const Drive& drive, const absl::Status& status, Fact fact);
  void GiveUp(const SlotKey& key, const absl::Status& why);
  void Sleep(const SlotKey& key, absl::Time wake_at);
  void Drop(const SlotKey& key);
  bool Claim(const SlotKey& key);
  std::optional<Drive> Find(const SlotKey& key);
  bool TakeCancel(const SlotKey& key);

  absl::StatusOr<Committed> CommitStep(const Drive& drive, const SlotKey& key,
                                       const ports::Fence& fence, const activity::Event& event);
  absl::StatusOr<activity::Step> Advance(ports::Tx& tx, const Drive& drive, activity::Slot slot,
                                         const activity::Event& event);
  absl::StatusOr<activity::Step> AdvanceLaunch(ports::Tx& tx, const Drive& drive,
                                               activity::StepContext context, activity::Slot slot,
                                               const activity::Event& event);
  // Records what a launch taught of its pair, for the account's other launches.
  absl::Status Learn(ports::Tx& tx, const Drive& drive, const activity::PairFinding& finding);
  absl::Status Write(ports::Tx& tx, const Drive& drive, const activity::Slot& before,
                     const activity::Step& step);
  // `again`: an earlier try may have finished it. `paused`: the launch breaker opened with it.
  void FinishIfDone(const Drive& drive, bool again);
  void Tell(const activity::Activity& finished, bool paused);
  absl::Status FinishInTx(ports::Tx& tx, const Drive& drive,
                          std::optional<activity::Activity>& finished, bool& paused);

  const Parts parts_;
  const Settings settings_;

  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t timers_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<SlotKey, Drive> drives_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::control
