#include "engine/notify/cloud_event.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/engine/notify/announcements.h"

namespace accordion::notify {
namespace {

TEST(CloudEvent, HasTheAttributesOfVersionOneAndTheActivity) {
  const auto document = nlohmann::json::parse(CloudEventJson("cn-beijing-6", MakeAnnouncement()));
  const nlohmann::json wanted = {
      {"specversion", "1.0"},
      {"id", "11111111-2222-4333-8444-555555555555"},
      {"source", "/accordion/cn-beijing-6/accounts/2000012345/scaling-groups/900719925474099301"},
      {"type", "accordion.scaling_activity.scale_out.failed"},
      {"subject", "900719925474099302"},
      {"time", "2023-11-14T22:13:20Z"},
      {"datacontenttype", "application/json"},
      {"data",
       {{"AccountId", "2000012345"},
        {"ScalingGroupId", "900719925474099301"},
        {"ScalingGroupName", "前端 \"web\"\r\nBcc: victim@example.com"},
        {"NotificationType", "2"},
        {"ScalingActivityId", "900719925474099302"},
        {"Type", 0},
        {"Status", 3},
        {"Cause", "创建伸缩组触发"},
        {"Description", ""},
        {"StartTime", "2023-11-14T21:56:40Z"},
        {"EndTime", "2023-11-14T22:13:20Z"},
        {"ErrorCode", 1001},
        {"SuccInsList", {"i-1"}},
        {"FailInsList", {"i-2", "i-3"}}}}};
  EXPECT_EQ(document, wanted) << document.dump(2);
}

TEST(CloudEvent, IsValidWhateverUsersNamedTheirGroups) {
  ports::Announcement announcement = MakeAnnouncement();
  announcement.group_name = "\xff\xfe\x01";
  const auto document = nlohmann::json::parse(CloudEventJson("r", announcement), nullptr,
                                              /*allow_exceptions=*/false);
  EXPECT_FALSE(document.is_discarded());
}

}  // namespace
}  // namespace accordion::notify
