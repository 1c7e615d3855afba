// The actions on scaling groups (semantics.md §4). Handlers write desired capacity with its cause;
// reconcile does the rest.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/activity/cause.h"
#include "engine/domain/group_rules.h"
#include "engine/domain/scaling_group.h"
#include "engine/ports/cloud_inventory.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::v1 {
class CreateScalingGroupRequest;
class CreateScalingGroupResponse;
class DeleteScalingGroupRequest;
class DeleteScalingGroupResponse;
class DescribeScalingGroupRequest;
class DescribeScalingGroupResponse;
class DisableScalingGroupRequest;
class DisableScalingGroupResponse;
class EnableScalingGroupRequest;
class EnableScalingGroupResponse;
class ModifyScalingGroupRequest;
class ModifyScalingGroupResponse;
class ModifyScalingLoadBalancersRequest;
class ModifyScalingLoadBalancersResponse;
}  // namespace accordion::v1

namespace accordion::service {

// Thread-safe.
class GroupHandlers {
 public:
  struct Parts {
    ports::Store& store;
    ports::CloudInventory& inventory;
    ports::GroupWaker& waker;
    activity::Language language = activity::Language::kChinese;
  };
  explicit GroupHandlers(const Parts& parts) : parts_(parts) {}

  absl::StatusOr<v1::CreateScalingGroupResponse> Create(
      const RequestContext& context, const v1::CreateScalingGroupRequest& request);
  absl::StatusOr<v1::EnableScalingGroupResponse> Enable(
      const RequestContext& context, const v1::EnableScalingGroupRequest& request);
  absl::StatusOr<v1::DisableScalingGroupResponse> Disable(
      const RequestContext& context, const v1::DisableScalingGroupRequest& request);
  absl::StatusOr<v1::DeleteScalingGroupResponse> Delete(
      const RequestContext& context, const v1::DeleteScalingGroupRequest& request);
  absl::StatusOr<v1::ModifyScalingGroupResponse> Modify(
      const RequestContext& context, const v1::ModifyScalingGroupRequest& request);
  // Replaces all load balancers; none clears them. Reconcile brings the members there.
  absl::StatusOr<v1::ModifyScalingLoadBalancersResponse> ModifyLoadBalancers(
      const RequestContext& context, const v1::ModifyScalingLoadBalancersRequest& request);
  absl::StatusOr<v1::DescribeScalingGroupResponse> Describe(
      const RequestContext& context, const v1::DescribeScalingGroupRequest& request);

 private:
  absl::Status ModifyInTx(ports::Tx& tx, const RequestContext& context, const ports::GroupKey& key,
                          const v1::ModifyScalingGroupRequest& request, const std::string& zone);
  // Deletes the group; or records the wish and sets `refusal`, which the caller answers after the
  // commit.
  absl::Status DeleteInTx(ports::Tx& tx, const RequestContext& context, const ports::GroupKey& key,
                          absl::Status& refusal);
  // Hints, after the commit.
  void TellOfChange(const ports::GroupKey& key) {
    parts_.waker.Wake(key);
    parts_.waker.DefinitionChanged(key);
  }

  const Parts parts_;
};

}  // namespace accordion::service
