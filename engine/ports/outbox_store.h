// The outbox: finished activities that are to be announced, written in the activity's own terminal commit (I-19).
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/activity/activity.h"
#include "engine/ports/group_store.h"

namespace accordion::ports {

struct OutboxEvent {
  std::string event_id;  // UUID, stable over deliveries
  GroupKey group;
  domain::ActivityId activity_id;
  int notification_type = 0;  // 1..6
  absl::Time created_at;
};

class OutboxStore {
 public:
  virtual ~OutboxStore() = default;

  // The types (1..6) that the group's notification subscribes to; empty without one.
  virtual absl::StatusOr<std::vector<int>> SubscribedTypes(const GroupKey& group) = 0;
  // kAlreadyExists if the activity has its event already.
  virtual absl::Status Add(const OutboxEvent& event) = 0;
  virtual absl::StatusOr<std::vector<OutboxEvent>> Pending(int limit) = 0;
};

}  // namespace accordion::ports
