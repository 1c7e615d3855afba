#include "engine/activity/launch_name.h"

#include "absl/strings/str_cat.h"

namespace accordion::activity {
namespace {

constexpr size_t kMarkerCharacters = 10;  // of 26: 50 random bits in the name; the tag has all

}  // namespace

std::string LaunchName(const domain::ScalingConfiguration& configuration,
                       const domain::GroupId& group, const domain::IntentId& marker,
                       absl::Time signed_at, absl::TimeZone zone) {
  const std::string short_marker = marker.value().substr(0, kMarkerCharacters);
  if (configuration.instance_name.empty())
    return absl::StrCat("as-", group.value(), "-", short_marker);
  std::string name = configuration.instance_name;
  if (!configuration.instance_name_suffix.empty())
    absl::StrAppend(&name, configuration.instance_name_suffix);
  if (configuration.instance_name_time_suffix) {
    absl::StrAppend(&name, "-", absl::FormatTime("%Y%m%d%H%M%S", signed_at, zone));
  }
  return absl::StrCat(name, "-", short_marker);
}

}  // namespace accordion::activity
