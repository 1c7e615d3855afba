// The actions on scaling policies (semantics.md §5).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/domain/limits.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::v1 {
class CreateScalingPolicyRequest;
class CreateScalingPolicyResponse;
class DeleteScalingPolicyRequest;
class DeleteScalingPolicyResponse;
class DescribeScalingPolicyRequest;
class DescribeScalingPolicyResponse;
class ModifyScalingPolicyRequest;
class ModifyScalingPolicyResponse;
}  // namespace accordion::v1

namespace accordion::service {

// Thread-safe.
class PolicyHandlers {
 public:
  struct Parts {
    ports::Store& store;
    ports::GroupWaker& waker;
    absl::Duration min_period = domain::kMinPeriod;  // the operator's floor
  };
  explicit PolicyHandlers(const Parts& parts) : parts_(parts) {}

  absl::StatusOr<v1::CreateScalingPolicyResponse> Create(
      const RequestContext& context, const v1::CreateScalingPolicyRequest& request);
  // An edit resets the run of breaching periods.
  absl::StatusOr<v1::ModifyScalingPolicyResponse> Modify(
      const RequestContext& context, const v1::ModifyScalingPolicyRequest& request);
  absl::StatusOr<v1::DeleteScalingPolicyResponse> Delete(
      const RequestContext& context, const v1::DeleteScalingPolicyRequest& request);
  absl::StatusOr<v1::DescribeScalingPolicyResponse> Describe(
      const RequestContext& context, const v1::DescribeScalingPolicyRequest& request);

 private:
  const Parts parts_;
};

}  // namespace accordion::service
