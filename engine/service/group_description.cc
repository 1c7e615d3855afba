#include "engine/service/group_description.h"

#include <vector>

#include "engine/activity/launch_record.h"
#include "engine/domain/launch_breaker.h"
#include "engine/domain/limits.h"

namespace accordion::service {
namespace {

std::string DeletionText(activity::Language language) {
  switch (language) {
    case activity::Language::kChinese:
      return "已请求删除伸缩组，正在移除实例";
    case activity::Language::kEnglish:
      break;
  }
  return "Deletion was requested; the instances are being removed";
}

}  // namespace

std::string DescribeGroup(const domain::ScalingGroup& group, absl::Time now,
                          activity::Language language) {
  const bool to_be_deleted =
      group.delete_requested_at && now < *group.delete_requested_at + domain::kDeleteIntentLifetime;
  std::vector<std::string> sentences;
  if (to_be_deleted) sentences.push_back(DeletionText(language));
  if (domain::LaunchesPaused(group)) {
    sentences.push_back(activity::LaunchesPausedText(language, group.launch_errors_in_a_row));
  }
  return activity::JoinedCauses(language, sentences);
}

}  // namespace accordion::service
