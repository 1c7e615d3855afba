// One store under the contract suite, and what the suite must do behind its back.
#pragma once

#include <memory>
#include <ostream>
#include <vector>

#include "engine/ports/lease.h"
#include "engine/ports/store.h"

namespace accordion::testing {

// Empty, and of one test's own.
class StoreBackend {
 public:
  virtual ~StoreBackend() = default;

  virtual ports::Store& store() = 0;
  virtual ports::LeaseStore& leases() = 0;
  // Makes the session lapse now.
  virtual void Expire(int64_t session) = 0;
  // Subscribes the group to notification types.
  virtual void Subscribe(const ports::GroupKey& group, const std::vector<int>& types) = 0;
};

// What the suite is instantiated with. Prints as its name, so that cases keep their names from run
// to run.
struct BackendKind {
  const char* name;
  std::unique_ptr<StoreBackend> (*make)();

  friend std::ostream& operator<<(std::ostream& out, const BackendKind& kind) {
    return out << kind.name;
  }
};

}  // namespace accordion::testing
