// The actions on members that need no activity: what there is, and what is protected.
#pragma once

#include "absl/status/statusor.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::v1 {
class DescribeScalingInstanceRequest;
class DescribeScalingInstanceResponse;
class SetKvmProtectedDetachRequest;
class SetKvmProtectedDetachResponse;
}  // namespace accordion::v1

namespace accordion::service {

// Thread-safe.
class InstanceHandlers {
 public:
  InstanceHandlers(ports::Store& store, ports::GroupWaker& waker) : store_(store), waker_(waker) {}

  absl::StatusOr<v1::DescribeScalingInstanceResponse> Describe(
      const RequestContext& context, const v1::DescribeScalingInstanceRequest& request);
  // All or none: ScalingInstanceNotFound for one that is no member, InstanceInUse for one that is
  // being removed.
  absl::StatusOr<v1::SetKvmProtectedDetachResponse> SetProtection(
      const RequestContext& context, const v1::SetKvmProtectedDetachRequest& request);

 private:
  ports::Store& store_;
  ports::GroupWaker& waker_;
};

}  // namespace accordion::service
