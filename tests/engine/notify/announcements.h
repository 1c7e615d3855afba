// An announcement with every part set.
#pragma once

#include "engine/ports/notifier.h"

namespace accordion::notify {

inline ports::Announcement MakeAnnouncement() {
  ports::Announcement a;
  a.event = {.event_id = "11111111-2222-4333-8444-555555555555",
             .group = {domain::AccountId("2000012345"), domain::GroupId(900719925474099301)},
             .activity_id = domain::ActivityId(900719925474099302),
             .notification_type = 2,
             .created_at = absl::FromUnixSeconds(1'700'000'000)};
  a.group_name = "前端 \"web\"\r\nBcc: victim@example.com";
  a.activity.type = domain::ActivityType::kScaleOut;
  a.activity.status = domain::ActivityStatus::kFailed;
  a.activity.cause.text = "创建伸缩组触发";
  a.activity.start_time = absl::FromUnixSeconds(1'699'999'000);
  a.activity.end_time = a.event.created_at;
  a.activity.error_code = 1001;
  a.activity.succeeded = {domain::InstanceId("i-1")};
  a.activity.failed = {domain::InstanceId("i-2"), domain::InstanceId("i-3")};
  return a;
}

}  // namespace accordion::notify
