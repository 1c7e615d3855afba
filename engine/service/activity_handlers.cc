#include "engine/service/activity_handlers.h"

#include <string>

#include "accordion/v1/scaling_activity.pb.h"
#include "base/status_macros.h"
#include "engine/service/group_key.h"
#include "engine/service/resource_id.h"
#include "engine/service/timestamps.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

ports::ActivityFilter FilterOf(const v1::DescribeScalingActivityRequest& request) {
  ports::ActivityFilter filter;
  for (const std::string& id : request.scaling_activity_ids()) {
    filter.ids.emplace_back(ResourceIdOrNone(id));
  }
  if (request.has_start_time()) filter.from = TimeOf(request.start_time());
  if (request.has_end_time()) {
    // The API's times have no fractions, so the last second is part of the range.
    filter.to = TimeOf(request.end_time()) + absl::Seconds(1) - absl::Microseconds(1);
  }
  return filter;
}

// The group's zone; empty for one that is gone and has left activities. Else as GetGroup.
absl::StatusOr<std::string> ZoneOfKnownGroup(ports::Tx& tx, const ports::GroupKey& key) {
  const absl::StatusOr<domain::ScalingGroup> group = GetGroup(tx, key);
  if (group.ok()) return group->zone;
  if (!absl::IsNotFound(group.status())) return group.status();
  ASSIGN_OR_RETURN(const auto history, tx.activities().List(key, {}, {.offset = 0, .limit = 1}));
  if (history.total == 0) return group.status();
  return "";
}

}  // namespace

absl::StatusOr<v1::DescribeScalingActivityResponse> ActivityHandlers::Describe(
    const RequestContext& context, const v1::DescribeScalingActivityRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  v1::DescribeScalingActivityResponse response;
  const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::string zone, ZoneOfKnownGroup(tx, key));
    response.set_availability_zone(zone);
    ASSIGN_OR_RETURN(const auto listing,
                     tx.activities().List(key, FilterOf(request), PageOf(request)));
    response.set_scaling_activity_count(listing.total);
    for (const activity::Activity& activity : listing.rows) {
      ToMessage(activity, response.add_scaling_activities());
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return response;
}

void ToMessage(const activity::Activity& activity, v1::ScalingActivity* message) {
  message->set_scaling_group_id(FormatResourceId(activity.group_id.value()));
  message->set_status(static_cast<int>(activity.status));
  message->set_cause(activity.cause.text);
  message->set_description(activity.description);
  SetTimestamp(activity.start_time, message->mutable_start_time());
  message->set_scaling_activity_id(FormatResourceId(activity.id.value()));
  if (activity.end_time) SetTimestamp(*activity.end_time, message->mutable_end_time());
  message->set_type(static_cast<int>(activity.type));
  for (const domain::InstanceId& id : activity.succeeded) {
    message->add_succeeded_instance_ids(id.value());
  }
  for (const domain::InstanceId& id : activity.failed) {
    message->add_failed_instance_ids(id.value());
  }
  message->set_error_code(activity.error_code);
}

}  // namespace accordion::service
