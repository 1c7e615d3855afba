// The executor: where blocking work and timers run. Thread pools in the daemon, inline in virtual
// time in the simulation.
#pragma once

#include <functional>

#include "absl/time/time.h"

namespace accordion::ports {

// Lanes have threads of their own, so that a full one never starves another (reliability.md C11).
enum class Lane {
  kApi,       // requests
  kWork,      // reconcile and activity steps, calls to the cloud
  kEvaluate,  // policy evaluation
  kLease,     // renewals
  kNotify,    // announcements to webhooks and mail servers, which may hang
};
inline constexpr int kLaneCount = 5;

// Thread-safe.
class Executor {
 public:
  virtual ~Executor() = default;

  // Runs `work` soon. False if the lane's bounded queue is full: the caller skips, the resync finds
  // it.
  virtual bool Submit(Lane lane, std::function<void()> work) = 0;
  // Runs `work` on the lane at `when` on the process's clock, or soon if that has passed. Timers
  // are never refused.
  virtual void SubmitAt(Lane lane, absl::Time when, std::function<void()> work) = 0;
};

}  // namespace accordion::ports
