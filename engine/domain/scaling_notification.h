// What a group's owner wants to be told: at most one notification a group (semantics.md §11).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/domain/types.h"

namespace accordion::domain {

using NotificationId = StrongId<struct NotificationTag, int64_t>;

struct ScalingNotification {
  NotificationId id;
  GroupId group_id;
  AccountId account_id;
  // 1..6, ascending, each once: scale-out 1 succeeded, 2 failed; scale-in 3, 4; replacement 5, 6.
  // Empty: unsubscribed, which is all that the API has for deleting.
  std::vector<int> types;
  std::string description;
  absl::Time create_time;

  friend bool operator==(const ScalingNotification&, const ScalingNotification&) = default;
};

}  // namespace accordion::domain
