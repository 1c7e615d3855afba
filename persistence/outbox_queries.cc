#include "persistence/outbox_queries.h"

#include <pqxx/pqxx>

#include "absl/status/status.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr Statement kSubscribed(
    "notification_types",
    "SELECT types FROM scaling_notification WHERE account_id = $1 AND group_id = $2");
constexpr Statement kAdd(
    "outbox_add",
    "INSERT INTO outbox (event_id, account_id, group_id, activity_id, type, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
constexpr Statement kPending(
    "outbox_pending",
    "SELECT event_id, account_id, group_id, activity_id, type, created_at FROM outbox "
    "WHERE done_at IS NULL ORDER BY seq LIMIT $1");

}  // namespace

absl::StatusOr<std::vector<int>> OutboxQueries::SubscribedTypes(const ports::GroupKey& group) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<int>> {
    std::vector<int> types;
    const pqxx::result result = sql_.Run(kSubscribed, Params(group.account_id, group.group_id));
    if (!result.empty()) ReadFirst(result, types);
    return types;
  });
}

absl::Status OutboxQueries::Add(const ports::OutboxEvent& event) {
  return sql_.Guard([&]() -> absl::Status {
    const Params params(event.event_id, event.group.account_id, event.group.group_id,
                        event.activity_id, event.notification_type, event.created_at);
    if (sql_.Run(kAdd, params).affected_rows() == 0)
      return absl::AlreadyExistsError("outbox event");
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<ports::OutboxEvent>> OutboxQueries::Pending(int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<ports::OutboxEvent>> {
    return ReadAll(sql_.Run(kPending, Params(limit)), [](RowReader& row) {
      ports::OutboxEvent event;
      row.Read(event.event_id, event.group.account_id, event.group.group_id, event.activity_id,
               event.notification_type, event.created_at);
      return event;
    });
  });
}

}  // namespace accordion::persistence
