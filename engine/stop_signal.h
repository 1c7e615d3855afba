// SIGTERM and SIGINT as something to wait for. The main thread blocks them before any other thread
// starts, so that they interrupt nothing.
#pragma once

#include <signal.h>

#include "absl/time/time.h"

namespace accordion {

// For the main thread only.
class StopSignal {
 public:
  // Blocks the signals for this thread and those that it starts.
  StopSignal();

  // True: the process was asked to stop. False: `timeout` passed.
  bool WaitFor(absl::Duration timeout);
  void Wait();

 private:
  sigset_t signals_;
  bool received_ = false;
};

}  // namespace accordion
