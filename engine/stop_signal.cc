#include "engine/stop_signal.h"

#include <time.h>

namespace accordion {

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool StopSignal::WaitFor(absl::Duration timeout) {
  const timespec limit = absl::ToTimespec(timeout);
  received_ = received_ || sigtimedwait(&signals_, nullptr, &limit) > 0;
  return received_;
}

void StopSignal::Wait() {
  while (!received_) {
    int signal = 0;
    received_ = sigwait(&signals_, &signal) == 0;
  }
}

}  // namespace accordion
