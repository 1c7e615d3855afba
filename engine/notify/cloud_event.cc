#include "engine/notify/cloud_event.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"

namespace accordion::notify {
namespace {

// Insertion order, so that a document reads from the general to the particular.
using Json = nlohmann::ordered_json;

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

std::vector<std::string> IdTexts(const std::vector<domain::InstanceId>& ids) {
  std::vector<std::string> texts;
  for (const domain::InstanceId& id : ids) texts.push_back(id.value());
  return texts;
}

Json DataOf(const ports::Announcement& announcement) {
  const activity::Activity& activity = announcement.activity;
  const ports::OutboxEvent& event = announcement.event;
  Json data;
  data["AccountId"] = event.group.account_id.value();
  data["ScalingGroupId"] = absl::StrCat(event.group.group_id.value());
  data["ScalingGroupName"] = announcement.group_name;
  data["NotificationType"] = absl::StrCat(event.notification_type);
  data["ScalingActivityId"] = absl::StrCat(event.activity_id.value());
  data["Type"] = static_cast<int>(activity.type);
  data["Status"] = static_cast<int>(activity.status);
  data["Cause"] = activity.cause.text;
  data["Description"] = activity.description;
  data["StartTime"] = TimeText(activity.start_time);
  data["EndTime"] = TimeText(activity.end_time.value_or(event.created_at));
  data["ErrorCode"] = activity.error_code;
  data["SuccInsList"] = IdTexts(activity.succeeded);
  data["FailInsList"] = IdTexts(activity.failed);
  return data;
}

}  // namespace

const char* EventName(int notification_type) {
  constexpr const char* kNames[] = {"scale_out.succeeded", "scale_out.failed",
                                    "scale_in.succeeded",  "scale_in.failed",
                                    "replace.succeeded",   "replace.failed"};
  const bool known = notification_type >= 1 && notification_type <= 6;
  return known ? kNames[notification_type - 1] : "activity.ended";
}

std::string CloudEventJson(absl::string_view region, const ports::Announcement& announcement) {
  const ports::OutboxEvent& event = announcement.event;
  Json document;
  document["specversion"] = "1.0";
  document["id"] = event.event_id;
  document["source"] =
      absl::StrCat("/accordion/", region, "/accounts/", event.group.account_id.value(),
                   "/scaling-groups/", event.group.group_id.value());
  document["type"] =
      absl::StrCat("accordion.scaling_activity.", EventName(event.notification_type));
  document["subject"] = absl::StrCat(event.activity_id.value());
  document["time"] = TimeText(event.created_at);
  document["datacontenttype"] = "application/json";
  document["data"] = DataOf(announcement);
  // Text that isn't UTF-8 is replaced, not refused: the event must go out.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace accordion::notify
