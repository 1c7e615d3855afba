#include "persistence/outbox_queries.h"

#include <pqxx/pqxx>

#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "engine/ports/lease.h"
#include "persistence/contact_queries.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr Statement kSubscribed(
    "notification_types",
    "SELECT types FROM scaling_notification WHERE account_id = $1 AND group_id = $2");
constexpr Statement kAdd(
    "outbox_add",
    "INSERT INTO outbox (event_id, account_id, group_id, activity_id, type, created_at, shard) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING");
// tidy:allow(account) for tests and operators: in order, whoever's
constexpr Statement kPending(
    "outbox_pending",
    "SELECT event_id, account_id, group_id, activity_id, type, created_at FROM outbox "
    "WHERE done_at IS NULL ORDER BY seq LIMIT $1");
// An event never overtakes an older one of its group, so deliveries appear in order, too. The
// contact's row is held, so that a contact that is being disabled gets none.
// tidy:allow(account) by shard
constexpr Statement kFanOut(
    "outbox_fan_out",
    "WITH fresh AS (SELECT event_id, account_id, group_id, shard, seq FROM outbox "
    "WHERE fanned_out_at IS NULL AND shard = ANY ($1::smallint[]) "
    "AND NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.fanned_out_at IS NULL "
    "AND older.group_id = outbox.group_id AND older.seq < outbox.seq) "
    "ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED), "
    "receiver AS (SELECT account_id, id FROM contact "
    "WHERE enabled AND account_id IN (SELECT account_id FROM fresh) FOR SHARE), "
    "made AS (INSERT INTO outbox_delivery "
    "(event_id, contact_id, account_id, group_id, shard, seq, next_at) "
    "SELECT event_id, receiver.id, account_id, group_id, shard, seq, now() "
    "FROM fresh JOIN receiver USING (account_id) RETURNING event_id) "
    "UPDATE outbox SET fanned_out_at = now(), done_at = CASE WHEN outbox.event_id IN "
    "(SELECT event_id FROM made) THEN NULL ELSE now() END "
    "FROM fresh WHERE outbox.event_id = fresh.event_id");
// tidy:allow(account) by shard
constexpr Statement kClaim(
    "outbox_claim",
    SqlText("WITH due AS (SELECT d.event_id, d.contact_id, "
            "row_number() OVER (PARTITION BY c.endpoint ORDER BY d.next_at, d.seq) AS place "
            "FROM outbox_delivery AS d JOIN contact AS c "
            "ON c.account_id = d.account_id AND c.id = d.contact_id "
            "WHERE d.state = 'Open' AND d.next_at <= now() AND d.shard = ANY ($1::smallint[]) "
            "AND c.endpoint <> ALL ($2::text[]) "
            "AND NOT EXISTS (SELECT 1 FROM outbox_delivery AS before WHERE before.state = 'Open' "
            "AND before.account_id = d.account_id AND before.contact_id = d.contact_id "
            "AND before.group_id = d.group_id AND before.seq < d.seq)), "
            "picked AS (SELECT d.event_id, d.contact_id FROM outbox_delivery AS d "
            "JOIN due USING (event_id, contact_id) WHERE due.place <= $3 "
            "AND d.state = 'Open' AND d.next_at <= now() "
            "ORDER BY d.next_at, d.seq LIMIT $4 FOR UPDATE OF d SKIP LOCKED) "
            "UPDATE outbox_delivery AS d SET attempts = d.attempts + 1, "
            "next_at = now() + $5 * interval '1 microsecond' "
            "FROM picked, outbox AS o, contact WHERE d.event_id = picked.event_id "
            "AND d.contact_id = picked.contact_id AND o.event_id = d.event_id "
            "AND contact.account_id = d.account_id AND contact.id = d.contact_id "
            "RETURNING o.event_id, o.account_id, o.group_id, o.activity_id, o.type, o.created_at, "
            "d.attempts, ") +
        kContactColumns);
constexpr SqlText kStillClaimed(
    "WHERE event_id = $1 AND contact_id = $2 AND attempts = $3 "
    "AND state = 'Open'");
// tidy:allow(account) of a delivery that the loop has claimed
constexpr Statement kRetry("outbox_retry",
                           SqlText("UPDATE outbox_delivery SET next_at = $4, last_error = $5 ") +
                               kStillClaimed);
// Of two that end an event's last deliveries at once, the second must see the first.
// tidy:allow(account) of a delivery that the loop has claimed
constexpr Statement kLockEvent("outbox_lock",
                               "SELECT 1 FROM outbox WHERE event_id = $1 FOR UPDATE");
// tidy:allow(account) of a delivery that the loop has claimed
constexpr Statement kEnd(
    "outbox_end",
    SqlText("UPDATE outbox_delivery SET state = $4, last_error = $5, ended_at = now() ") +
        kStillClaimed);
// tidy:allow(account) of a delivery that the loop has claimed
constexpr Statement kDone(
    "outbox_done",
    "UPDATE outbox SET done_at = now() WHERE event_id = $1 AND NOT EXISTS (SELECT 1 FROM "
    "outbox_delivery WHERE outbox_delivery.event_id = $1 AND state = 'Open')");
// tidy:allow(account) for tests and operators: by event
constexpr Statement kDeliveries(
    "outbox_deliveries",
    "SELECT event_id, contact_id, state, attempts, next_at, last_error FROM outbox_delivery "
    "WHERE event_id = $1 ORDER BY contact_id");
// tidy:allow(account) by age
constexpr Statement kPrune(
    "outbox_prune",
    "DELETE FROM outbox WHERE event_id IN (SELECT event_id FROM outbox WHERE done_at < $1 "
    "ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED)");

ports::OutboxEvent ReadEvent(RowReader& row) {
  ports::OutboxEvent event;
  row.Read(event.event_id, event.group.account_id, event.group.group_id, event.activity_id,
           event.notification_type, event.created_at);
  return event;
}

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
                        event.activity_id, event.notification_type, event.created_at,
                        ports::ShardOf(event.group.group_id));
    if (sql_.Run(kAdd, params).affected_rows() == 0)
      return absl::AlreadyExistsError("outbox event");
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<ports::OutboxEvent>> OutboxQueries::Pending(int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<ports::OutboxEvent>> {
    return ReadAll(sql_.Run(kPending, Params(limit)), ReadEvent);
  });
}

absl::StatusOr<int> OutboxQueries::FanOut(absl::Span<const int> shards, int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    return static_cast<int>(sql_.Run(kFanOut, Params(shards, limit)).affected_rows());
  });
}

absl::StatusOr<std::vector<ports::ClaimedDelivery>> OutboxQueries::Claim(
    const ports::ClaimOptions& options) {
  using Claims = std::vector<ports::ClaimedDelivery>;
  return sql_.Guard([&]() -> absl::StatusOr<Claims> {
    Claims claims;
    const pqxx::result result =
        sql_.Run(kClaim, Params(options.shards, options.not_endpoints, options.per_endpoint,
                                options.limit, options.claim));
    for (const auto& row : result) {
      RowReader reader(row);
      ports::ClaimedDelivery& claimed = claims.emplace_back();
      claimed.event = ReadEvent(reader);
      reader.Read(claimed.attempt);
      ASSIGN_OR_RETURN(claimed.contact, ReadContact(reader, sealed_));
    }
    return claims;
  });
}

absl::Status OutboxQueries::Retry(const ports::ClaimedDelivery& claimed, absl::Time next_at,
                                  absl::string_view error) {
  return sql_.Guard([&]() -> absl::Status {
    const Params params(claimed.event.event_id, claimed.contact.id, claimed.attempt, next_at,
                        error);
    if (sql_.Run(kRetry, params).affected_rows() == 0)
      return absl::FailedPreconditionError("claim");
    return absl::OkStatus();
  });
}

absl::Status OutboxQueries::End(const ports::ClaimedDelivery& claimed, ports::DeliveryState state,
                                absl::string_view error) {
  return sql_.Guard([&]() -> absl::Status {
    sql_.Run(kLockEvent, Params(claimed.event.event_id));
    const Params params(claimed.event.event_id, claimed.contact.id, claimed.attempt, state, error);
    if (sql_.Run(kEnd, params).affected_rows() == 0) return absl::FailedPreconditionError("claim");
    sql_.Run(kDone, Params(claimed.event.event_id));
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<ports::Delivery>> OutboxQueries::Deliveries(absl::string_view event_id) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<ports::Delivery>> {
    return ReadAll(sql_.Run(kDeliveries, Params(event_id)), [](RowReader& row) {
      ports::Delivery d;
      row.Read(d.event_id, d.contact_id, d.state, d.attempts, d.next_at, d.last_error);
      return d;
    });
  });
}

absl::StatusOr<int> OutboxQueries::Prune(absl::Time before, int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    return static_cast<int>(sql_.Run(kPrune, Params(before, limit)).affected_rows());
  });
}

}  // namespace accordion::persistence
