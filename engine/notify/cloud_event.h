// An announcement as a CloudEvents 1.0 document in JSON (structured content mode).
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "engine/ports/notifier.h"

namespace accordion::notify {

// "scale_out.succeeded", by notification type.
const char* EventName(int notification_type);

// `id` is the event's id, the same at every delivery, and `source`+`id` is unique. Ids are strings,
// times RFC 3339 in UTC, the members of `data` are spelled as DescribeScalingActivity spells them.
std::string CloudEventJson(absl::string_view region, const ports::Announcement& announcement);

}  // namespace accordion::notify
