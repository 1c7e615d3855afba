#include "engine/service/instance_handlers.h"

#include <set>
#include <string>
#include <vector>

#include "accordion/v1/scaling_instance.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/service/group_key.h"
#include "engine/service/member_converters.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

// What the store refused, in the words of the API; its message is the instance's id.
absl::Status ProtectionStatus(const absl::Status& status) {
  if (absl::IsNotFound(status)) return domain::ScalingInstanceNotFound(status.message());
  if (absl::IsFailedPrecondition(status)) return domain::InstanceInUse(status.message());
  return status;
}

}  // namespace

absl::StatusOr<v1::DescribeScalingInstanceResponse> InstanceHandlers::Describe(
    const RequestContext& context, const v1::DescribeScalingInstanceRequest& request) {
  ASSIGN_OR_RETURN(const ports::MemberFilter filter, MemberFilterOf(request));
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  v1::DescribeScalingInstanceResponse response;
  const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const domain::ScalingGroup group, GetGroup(tx, key));
    ASSIGN_OR_RETURN(const auto listing, tx.members().List(key, filter, PageOf(request)));
    response.set_desired_capacity(group.desired_capacity);
    response.set_scaling_instance_count(listing.total);
    for (const domain::Member& member : listing.rows) {
      ToMessage(member, response.add_scaling_instances());
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return response;
}

absl::StatusOr<v1::SetKvmProtectedDetachResponse> InstanceHandlers::SetProtection(
    const RequestContext& context, const v1::SetKvmProtectedDetachRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  const std::set<std::string> names(request.scaling_instance_ids().begin(),
                                    request.scaling_instance_ids().end());
  std::vector<domain::InstanceId> ids;
  for (const std::string& name : names) ids.emplace_back(name);
  const bool is_protected =
      !request.has_protected_from_detach() || request.protected_from_detach() != 0;

  const auto protect = [&](ports::Tx& tx) -> absl::StatusOr<v1::SetKvmProtectedDetachResponse> {
    ASSIGN_OR_RETURN(const domain::ScalingGroup group, LockGroup(tx, key));
    const auto affected = tx.members().Protect(key, ids, is_protected);
    if (!affected.ok()) return ProtectionStatus(affected.status());
    // A surplus that was protected can leave now.
    if (!is_protected) RETURN_IF_ERROR(tx.groups().SetWake(key, tx.Now()));
    v1::SetKvmProtectedDetachResponse response;
    response.set_return_(true);
    response.set_desired_capacity(group.desired_capacity);
    response.set_scaling_instance_count(static_cast<int>(affected->size()));
    for (const domain::Member& member : *affected) {
      ToMessage(member, response.add_scaling_instances());
    }
    return response;
  };
  auto answer = Write(store_, context, protect);
  if (answer.ok() && !is_protected) waker_.Wake(key);
  return answer;
}

}  // namespace accordion::service
