// Forgets client tokens past their lifetime (I-21). They count no more by then, so this is only
// about space: once an hour, in batches, and every engine may do it.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "engine/ports/executor.h"
#include "engine/ports/store.h"
#include "engine/ports/telemetry.h"

namespace accordion::control {

// Thread-safe.
class ClientTokenPruner {
 public:
  struct Parts {
    ports::Store& store;
    ports::Executor& executor;
    const base::Clock& clock;
    ports::Telemetry& telemetry;
  };
  explicit ClientTokenPruner(const Parts& parts) : parts_(parts) {}

  void Start() { Schedule(); }
  void Stop();

 private:
  void Schedule();
  // One batch, and the next one if there may be more.
  void Prune();
  bool stopped();

  const Parts parts_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace accordion::control
