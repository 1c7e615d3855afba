#include "engine/service/group_description.h"

#include "engine/domain/limits.h"

namespace accordion::service {

std::string DescribeGroup(const domain::ScalingGroup& group, absl::Time now,
                          activity::Language language) {
  const bool to_be_deleted =
      group.delete_requested_at && now < *group.delete_requested_at + domain::kDeleteIntentLifetime;
  if (!to_be_deleted) return "";
  switch (language) {
    case activity::Language::kChinese:
      return "已请求删除伸缩组，正在移除实例";
    case activity::Language::kEnglish:
      break;
  }
  return "Deletion was requested; the instances are being removed";
}

}  // namespace accordion::service
