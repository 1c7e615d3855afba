// Decision records: each firing of a policy or its suppression, with the numbers used.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/domain/arbitration.h"
#include "engine/ports/group_store.h"
#include "engine/ports/page.h"

namespace accordion::ports {

struct DecisionRecord {
  GroupKey group;
  domain::Decision decision;
  absl::Time window_end;  // end of the newest period: with the policy the key, so that it fires at
                          // most once (I-16)
  absl::Time decided_at;
};

class DecisionStore {
 public:
  virtual ~DecisionStore() = default;

  // kAlreadyExists if the policy's window was decided before.
  virtual absl::Status Insert(const DecisionRecord& record) = 0;
  // Newest first.
  virtual absl::StatusOr<Listing<DecisionRecord>> List(const GroupKey& group, const Page& page) = 0;
};

}  // namespace accordion::ports
