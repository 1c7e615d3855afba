// Slots and launch intents: the part of ActivityQueries that every step of an activity goes
// through.
#include <pqxx/pqxx>
#include <utility>

#include "absl/status/status.h"
#include "engine/ports/lease.h"
#include "persistence/activity_queries.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

using activity::LaunchIntent;
using activity::Slot;

constexpr SqlText kSlotColumns(
    "activity_id, number, state, creation_type, subnet_id, instance_type, intent_id, tried, "
    "refusals, sent_at, "
    "negative_lookups, instance_id, instance_name, host_name, private_ip, network_interface_id, "
    "zone, project_id, registrations, "
    "must_list, absent_reads, address, surviving_disks, attempts, launches, state_since, wake_at, "
    "failure, failure_words");
constexpr size_t kSlotColumnCount = 29;

// In the order of kSlotColumns.
template <typename SlotType, typename Visit>
void VisitSlot(SlotType& s, Visit visit) {
  visit(s.activity_id, s.number, s.state, s.creation_type, s.pair.subnet_id, s.pair.instance_type,
        s.intent_id, s.tried, s.refusals, s.sent_at, s.negative_lookups, s.instance_id,
        s.instance_name, s.host_name, s.private_ip, s.network_interface_id, s.zone, s.project_id,
        s.registrations, s.must_list, s.absent_reads, s.address, s.surviving_disks, s.attempts,
        s.launches, s.state_since, s.wake_at, s.failure, s.failure_words);
}

Params ToParams(const Slot& slot) {
  Params params;
  VisitSlot(slot, [&](const auto&... fields) { params.Add(fields...); });
  return params;
}

Slot SlotFromRow(RowReader& row) {
  Slot slot;
  VisitSlot(slot, [&](auto&... fields) { row.Read(fields...); });
  return slot;
}

constexpr SqlText kIntentColumns(
    "id, account_id, group_id, activity_id, slot, state, subnet_id, instance_type, sent_at, "
    "send_not_after, "
    "launch_name, project_id, address_project_id, instance_id, outcome");
constexpr size_t kIntentColumnCount = 15;

// In the order of kIntentColumns.
template <typename Intent, typename Visit>
void VisitIntent(Intent& i, Visit visit) {
  visit(i.id, i.account_id, i.group_id, i.activity_id, i.slot, i.state, i.pair.subnet_id,
        i.pair.instance_type, i.sent_at, i.send_not_after, i.launch_name, i.project_id,
        i.address_project_id, i.instance_id, i.outcome);
}

Params ToParams(const LaunchIntent& intent) {
  Params params;
  VisitIntent(intent, [&](const auto&... fields) { params.Add(fields...); });
  return params;
}

LaunchIntent IntentFromRow(RowReader& row) {
  LaunchIntent intent;
  VisitIntent(intent, [&](auto&... fields) { row.Read(fields...); });
  return intent;
}

constexpr Statement kInsertSlot("slot_insert",
                                SqlText("INSERT INTO activity_slot (") + kSlotColumns +
                                    SqlText(", account_id) VALUES (") +
                                    Placeholders<kSlotColumnCount + 1>() + SqlText(")"));
// tidy:allow(account) of open activities that were read for their account or shard
constexpr Statement kSlotsOf(
    "slot_of_activities", SqlText("SELECT ") + kSlotColumns +
                              SqlText(" FROM activity_slot WHERE activity_id = ANY ($1::bigint[]) "
                                      "ORDER BY activity_id, number"));
constexpr Statement kLockSlot(
    "slot_lock", SqlText("SELECT ") + kSlotColumns +
                     SqlText(" FROM activity_slot WHERE activity_id = $3 AND number = $4 "
                             "AND EXISTS (SELECT FROM activity_open WHERE account_id = $1 "
                             "AND group_id = $2 AND id = $3) FOR UPDATE"));
constexpr Statement kUpdateSlot(
    "slot_update",
    SqlText("UPDATE activity_slot SET (") + kSlotColumns + SqlText(") = (") +
        Placeholders<kSlotColumnCount>() +
        SqlText(") WHERE activity_id = $1 AND number = $2 AND account_id = $30 "
                "AND EXISTS (SELECT FROM activity_open WHERE id = $1 AND group_id = $31)"));

constexpr Statement kInsertIntent("intent_insert", SqlText("INSERT INTO launch_intent (") +
                                                       kIntentColumns +
                                                       SqlText(", shard) VALUES (") +
                                                       Placeholders<kIntentColumnCount + 1>() +
                                                       SqlText(") ON CONFLICT DO NOTHING"));
constexpr Statement kUpdateIntent(
    "intent_update", SqlText("UPDATE launch_intent SET (") + kIntentColumns + SqlText(") = (") +
                         Placeholders<kIntentColumnCount>() +
                         SqlText(") WHERE id = $1 AND account_id = $2 AND state = $16"));
constexpr Statement kGetIntent(
    "intent_get", SqlText("SELECT ") + kIntentColumns +
                      SqlText(" FROM launch_intent WHERE account_id = $1 AND id = $2"));
constexpr Statement kUnresolved(
    "intent_unresolved",
    "SELECT count(*) FROM launch_intent WHERE account_id = $1 AND group_id = $2 "
    "AND state IN ('Prepared', 'Sent', 'Unknown')");

// tidy:allow(account) by shard
constexpr Statement kUnresolvedEnded(
    "intent_unresolved_ended",
    SqlText("SELECT ") + kIntentColumns +
        SqlText(" FROM launch_intent WHERE shard = ANY ($1::smallint[]) "
                "AND state IN ('Sent', 'Unknown') AND NOT EXISTS (SELECT FROM activity_open "
                "WHERE activity_open.id = launch_intent.activity_id) ORDER BY id LIMIT $2"));

}  // namespace

void ActivityQueries::InsertSlot(const domain::AccountId& account, const Slot& slot) {
  Params params = ToParams(slot);
  params.Add(account);
  sql_.Run(kInsertSlot, params);
}

std::vector<Slot> ActivityQueries::SlotsOf(absl::Span<const int64_t> activity_ids) {
  return ReadAll(sql_.Run(kSlotsOf, Params(activity_ids)), SlotFromRow);
}

absl::StatusOr<Slot> ActivityQueries::LockSlot(const ports::GroupKey& group,
                                               const domain::ActivityId& activity, int number) {
  return sql_.Guard([&]() -> absl::StatusOr<Slot> {
    const pqxx::result result =
        sql_.Run(kLockSlot, Params(group.account_id, group.group_id, activity, number));
    if (result.empty()) return absl::NotFoundError("slot of an open activity");
    return std::move(ReadAll(result, SlotFromRow).front());
  });
}

absl::Status ActivityQueries::UpdateSlot(const ports::GroupKey& group, const Slot& slot) {
  return sql_.Guard([&]() -> absl::Status {
    Params params = ToParams(slot);
    params.Add(group.account_id, group.group_id);
    if (sql_.Run(kUpdateSlot, params).affected_rows() == 0)
      return absl::NotFoundError("slot of an open activity");
    return absl::OkStatus();
  });
}

absl::Status ActivityQueries::InsertIntent(const LaunchIntent& intent) {
  return sql_.Guard([&]() -> absl::Status {
    Params params = ToParams(intent);
    params.Add(ports::ShardOf(intent.group_id));
    if (sql_.Run(kInsertIntent, params).affected_rows() == 0) {
      return absl::AlreadyExistsError("launch intent");
    }
    return absl::OkStatus();
  });
}

absl::Status ActivityQueries::UpdateIntent(const LaunchIntent& intent, activity::IntentState from) {
  return sql_.Guard([&]() -> absl::Status {
    Params params = ToParams(intent);
    params.Add(from);
    if (sql_.Run(kUpdateIntent, params).affected_rows() > 0) return absl::OkStatus();
    if (sql_.Run(kGetIntent, Params(intent.account_id, intent.id)).empty()) {
      return absl::NotFoundError("launch intent");
    }
    return absl::FailedPreconditionError("launch intent is in another state");
  });
}

absl::StatusOr<LaunchIntent> ActivityQueries::GetIntent(const domain::AccountId& account,
                                                        const domain::IntentId& id) {
  return sql_.Guard([&]() -> absl::StatusOr<LaunchIntent> {
    const pqxx::result result = sql_.Run(kGetIntent, Params(account, id));
    if (result.empty()) return absl::NotFoundError("launch intent");
    return std::move(ReadAll(result, IntentFromRow).front());
  });
}

absl::StatusOr<int> ActivityQueries::UnresolvedIntents(const ports::GroupKey& group) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    int count = 0;
    ReadFirst(sql_.Run(kUnresolved, Params(group.account_id, group.group_id)), count);
    return count;
  });
}

absl::StatusOr<std::vector<LaunchIntent>> ActivityQueries::UnresolvedEnded(
    absl::Span<const int> shards, int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<LaunchIntent>> {
    return ReadAll(sql_.Run(kUnresolvedEnded, Params(shards, limit)), IntentFromRow);
  });
}

}  // namespace accordion::persistence
