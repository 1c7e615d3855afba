#include "persistence/group_queries.h"

#include <pqxx/pqxx>

#include "absl/status/status.h"
#include "engine/ports/lease.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr SqlText kColumns(
    "id, account_id, name, status, min_size, max_size, desired_capacity, cause_kind, cause_text, "
    "cause_policy_id, "
    "cause_cooldown_us, configuration_id, remove_policy, vpc_id, subnet_ids, subnet_strategy, "
    "security_group_ids, "
    "slb_configs, container_subnet_ids, create_time, cooldown_until, capacity_added_at, "
    "membership_changed_at, "
    "delete_requested_at, failed_in_a_row, retry_not_before, registrations_failed_in_a_row, "
    "registrations_not_before, replacements_failed_in_a_row, replacements_not_before, "
    "replacement_held_since, launch_errors_in_a_row, launch_probe_at, zone");
constexpr size_t kColumnCount = 34;

// In the order of kColumns.
template <typename Group, typename Visit>
void VisitFields(Group& g, Visit visit) {
  visit(g.id, g.account_id, g.name, g.status, g.min_size, g.max_size, g.desired_capacity,
        g.desired_cause.kind, g.desired_cause.text, g.desired_cause.policy_id,
        g.desired_cause.cooldown, g.configuration_id, g.remove_policy, g.vpc_id, g.subnet_ids,
        g.subnet_strategy, g.security_group_ids, g.slb_configs, g.container_subnet_ids,
        g.create_time, g.cooldown_until, g.capacity_added_at, g.membership_changed_at,
        g.delete_requested_at, g.failed_in_a_row, g.retry_not_before,
        g.registrations_failed_in_a_row, g.registrations_not_before, g.replacements_failed_in_a_row,
        g.replacements_not_before, g.replacement_held_since, g.launch_errors_in_a_row,
        g.launch_probe_at, g.zone);
}

Params ToParams(const domain::ScalingGroup& group) {
  Params params;
  VisitFields(group, [&](const auto&... fields) { params.Add(fields...); });
  return params;
}

domain::ScalingGroup FromRow(RowReader& row) {
  domain::ScalingGroup group;
  VisitFields(group, [&](auto&... fields) { row.Read(fields...); });
  row.Read(group.version);
  return group;
}

constexpr auto kSelect = SqlText("SELECT ") + kColumns + SqlText(", version FROM scaling_group ");
constexpr SqlText kByKey("WHERE account_id = $1 AND id = $2");
constexpr SqlText kFilter(
    "WHERE account_id = $1 AND (cardinality($2::bigint[]) = 0 OR id = ANY ($2)) AND position($3 IN "
    "name) > 0 "
    "AND ($4::bigint IS NULL OR configuration_id = $4) AND ($5 = '' OR vpc_id = $5) ");

constexpr Statement kInsert("group_insert",
                            SqlText("INSERT INTO scaling_group (") + kColumns +
                                SqlText(", version, shard, next_wake_at) VALUES (") +
                                Placeholders<kColumnCount + 2>() +
                                SqlText(", now()) ON CONFLICT DO NOTHING"));
constexpr Statement kGet("group_get", kSelect + kByKey);
constexpr Statement kLock("group_lock", kSelect + kByKey + SqlText(" FOR UPDATE"));
constexpr Statement kUpdate("group_update",
                            SqlText("UPDATE scaling_group SET (") + kColumns + SqlText(") = (") +
                                Placeholders<kColumnCount>() +
                                SqlText("), version = version + 1, next_wake_at = now() "
                                        "WHERE id = $1 AND account_id = $2"));
constexpr Statement kBusy(
    "group_busy",
    "SELECT EXISTS (SELECT FROM scaling_instance WHERE account_id = $1 AND group_id = $2 "
    "AND life_cycle <> 'Closed') "
    "OR EXISTS (SELECT FROM activity_open WHERE account_id = $1 AND group_id = $2)");
constexpr Statement kDeleteClosedMembers("group_delete_members",
                                         "DELETE FROM scaling_instance WHERE account_id = $1 AND "
                                         "group_id = $2 AND life_cycle = 'Closed'");
constexpr Statement kDelete("group_delete", SqlText("DELETE FROM scaling_group ") + kByKey);
constexpr Statement kList("group_list", kSelect + kFilter +
                                            SqlText("ORDER BY create_time, id LIMIT $6 OFFSET $7"));
constexpr Statement kListTotal("group_list_total",
                               SqlText("SELECT count(*) FROM scaling_group ") + kFilter);
constexpr Statement kCount("group_count",
                           "SELECT count(*) FROM scaling_group WHERE account_id = $1");
constexpr Statement kSetWake("group_set_wake",
                             SqlText("UPDATE scaling_group SET next_wake_at = $3 ") + kByKey);
// tidy:allow(account) by shard
constexpr Statement kDue(
    "group_due",
    "SELECT account_id, id, next_wake_at FROM scaling_group "
    "WHERE shard = ANY ($1::smallint[]) AND next_wake_at <= $2 ORDER BY next_wake_at, id LIMIT $3");
// tidy:allow(account) by shard
constexpr Statement kScan(
    "group_scan",
    kSelect + SqlText("WHERE shard = ANY ($1::smallint[]) AND id > $2 ORDER BY id LIMIT $3"));

}  // namespace

absl::Status GroupQueries::Insert(const domain::ScalingGroup& group) {
  return sql_.Guard([&]() -> absl::Status {
    Params params = ToParams(group);
    params.Add(group.version, ports::ShardOf(group.id));
    if (sql_.Run(kInsert, params).affected_rows() == 0)
      return absl::AlreadyExistsError("scaling group");
    return absl::OkStatus();
  });
}

absl::StatusOr<domain::ScalingGroup> GroupQueries::GetBy(StatementRef statement,
                                                         const ports::GroupKey& key) {
  return sql_.Guard([&]() -> absl::StatusOr<domain::ScalingGroup> {
    const pqxx::result result = sql_.Run(statement, Params(key.account_id, key.group_id));
    if (result.empty()) return absl::NotFoundError("scaling group");
    return std::move(ReadAll(result, FromRow).front());
  });
}

absl::StatusOr<domain::ScalingGroup> GroupQueries::Get(const ports::GroupKey& key) {
  return GetBy(kGet, key);
}

absl::StatusOr<domain::ScalingGroup> GroupQueries::Lock(const ports::GroupKey& key) {
  return GetBy(kLock, key);
}

absl::Status GroupQueries::Update(const domain::ScalingGroup& group) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kUpdate, ToParams(group)).affected_rows() == 0)
      return absl::NotFoundError("scaling group");
    return absl::OkStatus();
  });
}

absl::Status GroupQueries::Delete(const ports::GroupKey& key) {
  return sql_.Guard([&]() -> absl::Status {
    const Params params(key.account_id, key.group_id);
    // The foreign keys refuse this too, but end the transaction.
    bool busy = false;
    ReadFirst(sql_.Run(kBusy, params), busy);
    if (busy) return absl::FailedPreconditionError("scaling group has members or an open activity");
    sql_.Run(kDeleteClosedMembers, params);
    if (sql_.Run(kDelete, params).affected_rows() == 0) return absl::NotFoundError("scaling group");
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::Listing<domain::ScalingGroup>> GroupQueries::List(
    const domain::AccountId& account, const ports::GroupFilter& filter, const ports::Page& page) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::Listing<domain::ScalingGroup>> {
    ports::Listing<domain::ScalingGroup> listing;
    Params params(account, filter.ids, filter.name_contains, filter.configuration_id,
                  filter.vpc_id);
    ReadFirst(sql_.Run(kListTotal, params), listing.total);
    params.Add(page.limit, page.offset);
    listing.rows = ReadAll(sql_.Run(kList, params), FromRow);
    return listing;
  });
}

absl::StatusOr<int> GroupQueries::Count(const domain::AccountId& account) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    int count = 0;
    ReadFirst(sql_.Run(kCount, Params(account)), count);
    return count;
  });
}

absl::Status GroupQueries::SetWake(const ports::GroupKey& key, absl::Time wake_at) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kSetWake, Params(key.account_id, key.group_id, wake_at)).affected_rows() == 0) {
      return absl::NotFoundError("scaling group");
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<ports::DueGroup>> GroupQueries::Due(absl::Span<const int> shards,
                                                               absl::Time now, int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<ports::DueGroup>> {
    return ReadAll(sql_.Run(kDue, Params(shards, now, limit)), [](RowReader& row) {
      ports::DueGroup due;
      row.Read(due.key.account_id, due.key.group_id, due.wake_at);
      return due;
    });
  });
}

absl::StatusOr<std::vector<domain::ScalingGroup>> GroupQueries::Scan(absl::Span<const int> shards,
                                                                     const domain::GroupId& after,
                                                                     int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::ScalingGroup>> {
    return ReadAll(sql_.Run(kScan, Params(shards, after, limit)), FromRow);
  });
}

}  // namespace accordion::persistence
