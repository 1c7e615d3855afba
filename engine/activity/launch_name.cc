#include "engine/activity/launch_name.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

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

bool LooksLikeLaunchName(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "as-")) return false;
  const size_t dash = name.find('-');
  if (dash == absl::string_view::npos || name.size() - dash - 1 != kMarkerCharacters) return false;
  int64_t group = 0;
  return absl::SimpleAtoi(name.substr(0, dash), &group) && group > 0;
}

}  // namespace accordion::activity
