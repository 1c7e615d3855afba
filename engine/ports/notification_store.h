// The groups' notifications in the store.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/domain/scaling_notification.h"
#include "engine/ports/group_store.h"

namespace accordion::ports {

class NotificationStore {
 public:
  virtual ~NotificationStore() = default;

  // The group's notification; nullopt if it has none, or is foreign. Callers that will write hold
  // the group's row.
  virtual absl::StatusOr<std::optional<domain::ScalingNotification>> Find(
      const GroupKey& group) = 0;
  // Inserts, or replaces types and description of the group's notification of the same id.
  // kAlreadyExists if the group has one of another id.
  virtual absl::Status Put(const domain::ScalingNotification& notification) = 0;
};

}  // namespace accordion::ports
