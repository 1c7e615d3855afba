#include "engine/service/group_key.h"

#include "engine/domain/errors.h"
#include "engine/service/resource_id.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

absl::Status NotFound(const ports::GroupKey& key) {
  return domain::ScalingGroupNotFound(FormatResourceId(key.group_id.value()));
}

}  // namespace

absl::StatusOr<ports::GroupKey> GroupKeyOf(const RequestContext& context,
                                           const std::string& group_id) {
  const auto id = ParseResourceId(group_id);
  if (!id) return domain::ScalingGroupNotFound(group_id);
  return ports::GroupKey{context.account_id, domain::GroupId(*id)};
}

absl::StatusOr<domain::ScalingGroup> GetGroup(ports::Tx& tx, const ports::GroupKey& key) {
  return OrNotFound(tx.groups().Get(key), NotFound(key));
}

absl::StatusOr<domain::ScalingGroup> LockGroup(ports::Tx& tx, const ports::GroupKey& key) {
  return OrNotFound(tx.groups().Lock(key), NotFound(key));
}

}  // namespace accordion::service
