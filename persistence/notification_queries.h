// The groups' notifications in PostgreSQL.
#pragma once

#include "engine/ports/notification_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class NotificationQueries final : public ports::NotificationStore {
 public:
  explicit NotificationQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::StatusOr<std::optional<domain::ScalingNotification>> Find(
      const ports::GroupKey& group) override;
  absl::Status Put(const domain::ScalingNotification& notification) override;

 private:
  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
