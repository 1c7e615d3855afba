#include "engine/service/notification_handlers.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "accordion/v1/scaling_notification.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/service/group_key.h"
#include "engine/service/resource_id.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

using domain::ScalingNotification;

constexpr int kFirstType = 1;
constexpr int kLastType = 6;

// Ascending, each once.
template <typename Request>
absl::StatusOr<std::vector<int>> TypesOf(const Request& request) {
  std::set<int> types;
  for (const int type : request.notification_types()) {
    if (type < kFirstType || type > kLastType) {
      return domain::InvalidParameterValue("NotificationType.N");
    }
    types.insert(type);
  }
  return std::vector<int>(types.begin(), types.end());
}

void ToMessage(const ScalingNotification& notification, const std::string& zone,
               v1::ScalingNotification* message) {
  message->set_scaling_notification_id(FormatResourceId(notification.id.value()));
  message->set_scaling_group_id(FormatResourceId(notification.group_id.value()));
  for (const int type : notification.types) {
    message->add_scaling_notification_types(absl::StrCat(type));
  }
  message->set_description(notification.description);
  message->set_availability_zone(zone);
}

bool Asks(const v1::DescribeScalingNotificationRequest& request, int64_t id) {
  if (request.notification_ids().empty()) return true;
  for (const std::string& text : request.notification_ids()) {
    if (ResourceIdOrNone(text) == id) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<v1::CreateScalingNotificationResponse> NotificationHandlers::Create(
    const RequestContext& context, const v1::CreateScalingNotificationRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<int> types, TypesOf(request));
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  const auto create = [&](ports::Tx& tx) -> absl::StatusOr<v1::CreateScalingNotificationResponse> {
    RETURN_IF_ERROR(LockGroup(tx, key).status());
    ASSIGN_OR_RETURN(const auto existing, tx.notifications().Find(key));
    ScalingNotification notification;
    if (existing.has_value()) {
      notification = *existing;
    } else {
      ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
      notification = {.id = domain::NotificationId(id),
                      .group_id = key.group_id,
                      .account_id = key.account_id,
                      .create_time = tx.Now()};
    }
    notification.types = types;
    if (request.has_description()) notification.description = request.description();
    RETURN_IF_ERROR(tx.notifications().Put(notification));
    v1::CreateScalingNotificationResponse response;
    response.set_scaling_notification_id(FormatResourceId(notification.id.value()));
    return response;
  };
  return Write(store_, context, create);
}

absl::StatusOr<v1::ModifyScalingNotificationResponse> NotificationHandlers::Modify(
    const RequestContext& context, const v1::ModifyScalingNotificationRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<int> types, TypesOf(request));
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  const std::string& id = request.scaling_notification_id();
  const auto modify = [&](ports::Tx& tx) -> absl::StatusOr<v1::ModifyScalingNotificationResponse> {
    RETURN_IF_ERROR(LockGroup(tx, key).status());
    ASSIGN_OR_RETURN(std::optional<ScalingNotification> found, tx.notifications().Find(key));
    if (!found.has_value() || ResourceIdOrNone(id) != found->id.value()) {
      return domain::ScalingNotificationNotFound(id);
    }
    found->types = types;
    RETURN_IF_ERROR(tx.notifications().Put(*found));
    v1::ModifyScalingNotificationResponse response;
    response.set_return_(true);
    response.set_scaling_notification_id(id);
    return response;
  };
  return Write(store_, context, modify);
}

absl::StatusOr<v1::DescribeScalingNotificationResponse> NotificationHandlers::Describe(
    const RequestContext& context, const v1::DescribeScalingNotificationRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  std::optional<ScalingNotification> found;
  domain::ScalingGroup group;
  const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(group, GetGroup(tx, key));
    ASSIGN_OR_RETURN(found, tx.notifications().Find(key));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  v1::DescribeScalingNotificationResponse response;
  if (!found.has_value() || !Asks(request, found->id.value())) return response;
  response.set_scaling_notification_count(1);
  if (PageOf(request).offset > 0) return response;
  ToMessage(*found, group.zone, response.add_scaling_notifications());
  return response;
}

}  // namespace accordion::service
