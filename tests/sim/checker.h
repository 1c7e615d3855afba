// A checker: one noun's invariants, looked at whenever something that concerns them happens.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "tests/cloudsim/region/call_log.h"
#include "tests/sim/truth.h"
#include "tests/sim/verdict.h"
#include "tests/support/memory_state.h"

namespace accordion::sim {

// On whose behalf a transaction or a call is made.
struct Actor {
  int engine = -1;          // its place, -1: the world
  uint64_t life = 0;        // grows with each restart of any engine
  bool is_request = false;  // of a tenant, not of a loop
  std::string request;      // its id, then
};

struct CommitNotice {
  const testing::MemoryState& state;  // with its changes
  const ports::Fence* fence = nullptr;
  Actor actor;
  absl::Time at;
};

// All hooks are optional. `Before` hooks see the truth as it was, the others as it is.
class Checker {
 public:
  Checker(Truth& truth, Verdict& verdict) : truth_(truth), verdict_(verdict) {}
  virtual ~Checker() = default;

  virtual void BeforeCommit(const CommitNotice&) {}
  virtual void OnCommit(const CommitNotice&) {}
  virtual void BeforeCall(const cloudsim::CallRecord&) {}
  virtual void OnCall(const cloudsim::CallRecord&) {}
  // A piece of work ended, or a transaction, or a call: once for each event.
  virtual void OnEvent(absl::Time) {}
  // The faults are healed and the time to converge has passed.
  virtual void AtRest(absl::Time) {}

 protected:
  Truth& truth_;
  Verdict& verdict_;
};

}  // namespace accordion::sim
