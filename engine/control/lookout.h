// Lookout: when a loop looks at the store, and that it looks once at a time.
//
// It looks at every poll, at a time that was asked for, and at once after a hint. Hints that come
// while a look waits for its thread are one; one that comes during a look makes another follow, so
// that nothing written before the hint is missed. What a full queue refuses, the poll finds.
#pragma once

#include <functional>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/ports/executor.h"

namespace accordion::control {

// Thread-safe. Must live until the executor has stopped.
class Lookout {
 public:
  // `look` runs on `lane`, never twice at once.
  Lookout(ports::Executor& executor, const base::Clock& clock, ports::Lane lane,
          std::function<void()> look);

  // Looks once every `poll` from now on.
  void Start(absl::Duration poll);
  // Other work of the loop that only needs to be done now and then, on the same lane.
  void Every(absl::Duration interval, std::function<void()> work);
  // No further look begins, nor other work.
  void Stop();
  bool stopped() const;

  // Never blocks. Nothing after Stop.
  void Wake();
  // Wakes at `when` on the process's clock, unless that is asked for an earlier time already.
  void WakeAt(absl::Time when);

 private:
  enum class Turn { kIdle, kQueued, kRunning, kRunningAgain };

  void Look();

  ports::Executor& executor_;
  const base::Clock& clock_;
  const ports::Lane lane_;
  const std::function<void()> look_;

  mutable absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  Turn turn_ ABSL_GUARDED_BY(mutex_) = Turn::kIdle;
  std::optional<absl::Time> wake_at_ ABSL_GUARDED_BY(mutex_);  // the nearest timer that is set
};

}  // namespace accordion::control
