#include "persistence/notification_queries.h"

#include <pqxx/pqxx>

#include "absl/status/status.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr Statement kFind(
    "notification_find",
    "SELECT id, group_id, account_id, types, description, create_time FROM scaling_notification "
    "WHERE account_id = $1 AND group_id = $2");
constexpr Statement kPut(
    "notification_put",
    "INSERT INTO scaling_notification (id, group_id, account_id, types, description, create_time) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (group_id) DO UPDATE "
    "SET types = $4, description = $5 "
    "WHERE scaling_notification.id = $1 AND scaling_notification.account_id = $3");

}  // namespace

absl::StatusOr<std::optional<domain::ScalingNotification>> NotificationQueries::Find(
    const ports::GroupKey& group) {
  using Found = std::optional<domain::ScalingNotification>;
  return sql_.Guard([&]() -> absl::StatusOr<Found> {
    const pqxx::result result = sql_.Run(kFind, Params(group.account_id, group.group_id));
    if (result.empty()) return Found();
    domain::ScalingNotification n;
    ReadFirst(result, n.id, n.group_id, n.account_id, n.types, n.description, n.create_time);
    return Found(std::move(n));
  });
}

absl::Status NotificationQueries::Put(const domain::ScalingNotification& n) {
  return sql_.Guard([&]() -> absl::Status {
    const Params params(n.id, n.group_id, n.account_id, n.types, n.description, n.create_time);
    if (sql_.Run(kPut, params).affected_rows() == 0) {
      return absl::AlreadyExistsError("scaling notification");
    }
    return absl::OkStatus();
  });
}

}  // namespace accordion::persistence
