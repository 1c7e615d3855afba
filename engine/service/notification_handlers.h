// The actions on notifications: which ends of a group's activities its account's contacts are told
// of (semantics.md §11).
#pragma once

#include "absl/status/statusor.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::v1 {
class CreateScalingNotificationRequest;
class CreateScalingNotificationResponse;
class DescribeScalingNotificationRequest;
class DescribeScalingNotificationResponse;
class ModifyScalingNotificationRequest;
class ModifyScalingNotificationResponse;
}  // namespace accordion::v1

namespace accordion::service {

// Thread-safe.
class NotificationHandlers {
 public:
  explicit NotificationHandlers(ports::Store& store) : store_(store) {}

  // On a group that has a notification: replaces its types, and answers its id.
  absl::StatusOr<v1::CreateScalingNotificationResponse> Create(
      const RequestContext& context, const v1::CreateScalingNotificationRequest& request);
  // Without types: unsubscribes. The notification stays, and may be given types again.
  absl::StatusOr<v1::ModifyScalingNotificationResponse> Modify(
      const RequestContext& context, const v1::ModifyScalingNotificationRequest& request);
  absl::StatusOr<v1::DescribeScalingNotificationResponse> Describe(
      const RequestContext& context, const v1::DescribeScalingNotificationRequest& request);

 private:
  ports::Store& store_;
};

}  // namespace accordion::service
