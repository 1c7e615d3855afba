// DescribeScalingActivity.
#pragma once

#include "absl/status/statusor.h"
#include "engine/activity/activity.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::v1 {
class DescribeScalingActivityRequest;
class DescribeScalingActivityResponse;
class ScalingActivity;
}  // namespace accordion::v1

namespace accordion::service {

// Thread-safe.
class ActivityHandlers {
 public:
  explicit ActivityHandlers(ports::Store& store) : store_(store) {}

  // Newest first. Activities of a group that was deleted stay readable while their history does.
  absl::StatusOr<v1::DescribeScalingActivityResponse> Describe(
      const RequestContext& context, const v1::DescribeScalingActivityRequest& request);

 private:
  ports::Store& store_;
};

void ToMessage(const activity::Activity& activity, v1::ScalingActivity* message);

}  // namespace accordion::service
