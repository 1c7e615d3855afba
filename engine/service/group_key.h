// The group that a request addresses: a wrong, unknown or foreign id is ScalingGroupNotFound.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::service {

absl::StatusOr<ports::GroupKey> GroupKeyOf(const RequestContext& context,
                                           const std::string& group_id);
absl::StatusOr<domain::ScalingGroup> GetGroup(ports::Tx& tx, const ports::GroupKey& key);
absl::StatusOr<domain::ScalingGroup> LockGroup(ports::Tx& tx, const ports::GroupKey& key);

}  // namespace accordion::service
