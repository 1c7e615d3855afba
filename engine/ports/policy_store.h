// Scaling policies and their runs in the store.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/domain/policy.h"
#include "engine/domain/scaling_policy.h"
#include "engine/ports/group_store.h"
#include "engine/ports/page.h"

namespace accordion::ports {

struct PolicyFilter {
  std::vector<domain::PolicyId> ids;  // empty: all
  std::string name_contains;
};

// The checkpoint of a policy's run (I-16).
struct PolicyCheckpoint {
  domain::PolicyId policy_id;
  domain::PolicyRun run;
};

class PolicyStore {
 public:
  virtual ~PolicyStore() = default;

  // The next policy id: a sequence that starts at 10000001.
  virtual absl::StatusOr<domain::PolicyId> NewPolicyId() = 0;
  virtual absl::Status Insert(const domain::ScalingPolicy& policy) = 0;
  // kNotFound (plain) for an unknown id, one of another group, or a foreign group, here and below.
  virtual absl::StatusOr<domain::ScalingPolicy> Get(const GroupKey& group,
                                                    const domain::PolicyId& id) = 0;
  virtual absl::StatusOr<domain::ScalingPolicy> Lock(const GroupKey& group,
                                                     const domain::PolicyId& id) = 0;
  // Drops the policy's checkpoint, too: an edit resets the run.
  virtual absl::Status Update(const domain::ScalingPolicy& policy) = 0;
  virtual absl::Status Delete(const GroupKey& group, const domain::PolicyId& id) = 0;
  // Oldest first.
  virtual absl::StatusOr<Listing<domain::ScalingPolicy>> List(const GroupKey& group,
                                                              const PolicyFilter& filter,
                                                              const Page& page) = 0;
  virtual absl::StatusOr<int> Count(const GroupKey& group) = 0;

  // All policies of groups of the shards in order of id after `after`, for start-up and resync.
  virtual absl::StatusOr<std::vector<domain::ScalingPolicy>> Scan(absl::Span<const int> shards,
                                                                  const domain::PolicyId& after,
                                                                  int limit) = 0;
  // Upserts; checkpoints of policies that are gone are passed over.
  virtual absl::Status SaveRuns(absl::Span<const PolicyCheckpoint> runs) = 0;
  virtual absl::StatusOr<std::vector<PolicyCheckpoint>> LoadRuns(absl::Span<const int> shards) = 0;
};

}  // namespace accordion::ports
