// Forgets client tokens past their lifetime (I-21). They count no more by then, so this is only
// about space: once an hour, in batches, and every engine may do it.
#pragma once

#include "base/clock.h"
#include "engine/control/lookout.h"
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
  explicit ClientTokenPruner(const Parts& parts);

  void Start();
  void Stop() { lookout_.Stop(); }

 private:
  // One batch, and the next one if there may be more.
  void Prune();

  const Parts parts_;
  Lookout lookout_;
};

}  // namespace accordion::control
