#include "persistence/policy_queries.h"

#include <map>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr SqlText kColumns(
    "id, account_id, group_id, name, dimension, comparison, statistic, threshold, repeat_times, "
    "period_us, "
    "adjustment_type, adjustment_value, cooldown_us, create_time, edited_at");
constexpr size_t kColumnCount = 15;

// In the order of kColumns.
template <typename Policy, typename Visit>
void VisitFields(Policy& p, Visit visit) {
  visit(p.id, p.account_id, p.group_id, p.name, p.rule.dimension, p.rule.comparison,
        p.rule.statistic, p.rule.threshold, p.rule.repeat_times, p.rule.period, p.adjustment.type,
        p.adjustment.value, p.cooldown, p.create_time, p.edited_at);
}

Params ToParams(const domain::ScalingPolicy& policy) {
  Params params;
  VisitFields(policy, [&](const auto&... fields) { params.Add(fields...); });
  return params;
}

domain::ScalingPolicy FromRow(RowReader& row) {
  domain::ScalingPolicy policy;
  VisitFields(policy, [&](auto&... fields) { row.Read(fields...); });
  row.Read(policy.version);
  return policy;
}

constexpr auto kSelect = SqlText("SELECT ") + kColumns + SqlText(", version FROM scaling_policy ");
constexpr SqlText kById("WHERE account_id = $1 AND group_id = $2 AND id = $3");
constexpr SqlText kFilter(
    "WHERE account_id = $1 AND group_id = $2 AND (cardinality($3::bigint[]) = 0 OR id = ANY ($3)) "
    "AND position($4 IN name) > 0 ");
constexpr SqlText kOfShards("(SELECT id FROM scaling_group WHERE shard = ANY ($1::smallint[]))");

constexpr Statement kNewId("policy_new_id", "SELECT nextval('policy_id_sequence')");
constexpr Statement kInsert("policy_insert", SqlText("INSERT INTO scaling_policy (") + kColumns +
                                                 SqlText(", version) VALUES (") +
                                                 Placeholders<kColumnCount + 1>() +
                                                 SqlText(") ON CONFLICT DO NOTHING"));
constexpr Statement kGet("policy_get", kSelect + kById);
constexpr Statement kLock("policy_lock", kSelect + kById + SqlText(" FOR UPDATE"));
constexpr Statement kUpdate("policy_update",
                            SqlText("UPDATE scaling_policy SET (") + kColumns + SqlText(") = (") +
                                Placeholders<kColumnCount>() +
                                SqlText("), version = version + 1 "
                                        "WHERE id = $1 AND account_id = $2 AND group_id = $3"));
constexpr Statement kDropRun("policy_drop_run", "DELETE FROM policy_run WHERE policy_id = $1");
constexpr Statement kDelete("policy_delete", SqlText("DELETE FROM scaling_policy ") + kById);
constexpr Statement kList("policy_list",
                          kSelect + kFilter +
                              SqlText("ORDER BY create_time, id LIMIT $5 OFFSET $6"));
constexpr Statement kListTotal("policy_list_total",
                               SqlText("SELECT count(*) FROM scaling_policy ") + kFilter);
constexpr Statement kCount(
    "policy_count", "SELECT count(*) FROM scaling_policy WHERE account_id = $1 AND group_id = $2");
// tidy:allow(account) by shard
constexpr Statement kScan("policy_scan", kSelect + SqlText("WHERE group_id IN ") + kOfShards +
                                             SqlText(" AND id > $2 ORDER BY id LIMIT $3"));
// KEY SHARE: a policy that is deleted at the same time is passed over instead of breaking the key.
// tidy:allow(account) of policies that the loop has read by shard
constexpr Statement kSaveRuns(
    "policy_save_runs",
    "INSERT INTO policy_run (policy_id, periods, saved_at) "
    "SELECT p.id, r.periods, now() "
    "FROM unnest($1::bigint[], $2::jsonb[]) AS r (id, periods) "
    "JOIN scaling_policy p ON p.id = r.id ORDER BY p.id FOR KEY SHARE OF p "
    "ON CONFLICT (policy_id) DO UPDATE SET periods = EXCLUDED.periods, saved_at = now()");
// tidy:allow(account) by shard
constexpr Statement kLoadRuns(
    "policy_load_runs",
    SqlText("SELECT r.policy_id, r.periods FROM policy_run r "
            "JOIN scaling_policy p ON p.id = r.policy_id WHERE p.group_id IN ") +
        kOfShards + SqlText(" ORDER BY r.policy_id"));

}  // namespace

absl::StatusOr<domain::PolicyId> PolicyQueries::NewPolicyId() {
  return sql_.Guard([&]() -> absl::StatusOr<domain::PolicyId> {
    domain::PolicyId id;
    ReadFirst(sql_.Run(kNewId), id);
    return id;
  });
}

absl::Status PolicyQueries::Insert(const domain::ScalingPolicy& policy) {
  return sql_.Guard([&]() -> absl::Status {
    Params params = ToParams(policy);
    params.Add(policy.version);
    if (sql_.Run(kInsert, params).affected_rows() == 0)
      return absl::AlreadyExistsError("scaling policy");
    return absl::OkStatus();
  });
}

absl::StatusOr<domain::ScalingPolicy> PolicyQueries::GetBy(StatementRef statement,
                                                           const ports::GroupKey& group,
                                                           const domain::PolicyId& id) {
  return sql_.Guard([&]() -> absl::StatusOr<domain::ScalingPolicy> {
    const pqxx::result result = sql_.Run(statement, Params(group.account_id, group.group_id, id));
    if (result.empty()) return absl::NotFoundError("scaling policy");
    return std::move(ReadAll(result, FromRow).front());
  });
}

absl::StatusOr<domain::ScalingPolicy> PolicyQueries::Get(const ports::GroupKey& group,
                                                         const domain::PolicyId& id) {
  return GetBy(kGet, group, id);
}

absl::StatusOr<domain::ScalingPolicy> PolicyQueries::Lock(const ports::GroupKey& group,
                                                          const domain::PolicyId& id) {
  return GetBy(kLock, group, id);
}

absl::Status PolicyQueries::Update(const domain::ScalingPolicy& policy) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kUpdate, ToParams(policy)).affected_rows() == 0)
      return absl::NotFoundError("scaling policy");
    sql_.Run(kDropRun, Params(policy.id));
    return absl::OkStatus();
  });
}

absl::Status PolicyQueries::Delete(const ports::GroupKey& group, const domain::PolicyId& id) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kDelete, Params(group.account_id, group.group_id, id)).affected_rows() == 0) {
      return absl::NotFoundError("scaling policy");
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::Listing<domain::ScalingPolicy>> PolicyQueries::List(
    const ports::GroupKey& group, const ports::PolicyFilter& filter, const ports::Page& page) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::Listing<domain::ScalingPolicy>> {
    ports::Listing<domain::ScalingPolicy> listing;
    Params params(group.account_id, group.group_id, filter.ids, filter.name_contains);
    ReadFirst(sql_.Run(kListTotal, params), listing.total);
    params.Add(page.limit, page.offset);
    listing.rows = ReadAll(sql_.Run(kList, params), FromRow);
    return listing;
  });
}

absl::StatusOr<int> PolicyQueries::Count(const ports::GroupKey& group) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    int count = 0;
    ReadFirst(sql_.Run(kCount, Params(group.account_id, group.group_id)), count);
    return count;
  });
}

absl::StatusOr<std::vector<domain::ScalingPolicy>> PolicyQueries::Scan(
    absl::Span<const int> shards, const domain::PolicyId& after, int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::ScalingPolicy>> {
    return ReadAll(sql_.Run(kScan, Params(shards, after, limit)), FromRow);
  });
}

absl::Status PolicyQueries::SaveRuns(absl::Span<const ports::PolicyCheckpoint> runs) {
  return sql_.Guard([&]() -> absl::Status {
    // One row a policy: an upsert can't touch a row twice. The last one given counts.
    std::map<int64_t, std::string> by_policy;
    for (const ports::PolicyCheckpoint& run : runs)
      by_policy[run.policy_id.value()] = JsonText(run.run.periods);
    std::vector<int64_t> ids;
    std::vector<std::string> periods;
    for (auto& [id, json] : by_policy) {
      ids.push_back(id);
      periods.push_back(std::move(json));
    }
    sql_.Run(kSaveRuns, Params(ids, periods));
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<ports::PolicyCheckpoint>> PolicyQueries::LoadRuns(
    absl::Span<const int> shards) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<ports::PolicyCheckpoint>> {
    return ReadAll(sql_.Run(kLoadRuns, Params(shards)), [](RowReader& row) {
      ports::PolicyCheckpoint checkpoint;
      row.Read(checkpoint.policy_id, checkpoint.run.periods);
      return checkpoint;
    });
  });
}

}  // namespace accordion::persistence
