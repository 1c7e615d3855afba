#include "persistence/decision_queries.h"

#include <pqxx/pqxx>

#include "absl/status/status.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr SqlText kColumns(
    "account_id, group_id, window_end, decided_at, reason, desired_before, desired_wanted, "
    "desired_after, policy, "
    "periods");
constexpr size_t kColumnCount = 10;

// In the order of kColumns.
template <typename Record, typename Visit>
void VisitFields(Record& r, Visit visit) {
  visit(r.group.account_id, r.group.group_id, r.window_end, r.decided_at, r.decision.reason,
        r.decision.desired_before, r.decision.desired_wanted, r.decision.desired_after,
        r.decision.firing.policy, r.decision.firing.periods);
}

ports::DecisionRecord FromRow(RowReader& row) {
  ports::DecisionRecord record;
  VisitFields(record, [&](auto&... fields) { row.Read(fields...); });
  return record;
}

constexpr SqlText kOfGroup("FROM decision WHERE account_id = $1 AND group_id = $2 ");

constexpr Statement kInsert("decision_insert", SqlText("INSERT INTO decision (") + kColumns +
                                                   SqlText(", policy_id) VALUES (") +
                                                   Placeholders<kColumnCount + 1>() +
                                                   SqlText(") ON CONFLICT DO NOTHING"));
constexpr Statement kList(
    "decision_list",
    SqlText("SELECT ") + kColumns + SqlText(" ") + kOfGroup +
        SqlText("ORDER BY decided_at DESC, policy_id DESC, window_end DESC LIMIT $3 OFFSET $4"));
constexpr Statement kListTotal("decision_list_total", SqlText("SELECT count(*) ") + kOfGroup);

}  // namespace

absl::Status DecisionQueries::Insert(const ports::DecisionRecord& record) {
  return sql_.Guard([&]() -> absl::Status {
    Params params;
    VisitFields(record, [&](const auto&... fields) { params.Add(fields...); });
    params.Add(record.decision.firing.policy.id);
    if (sql_.Run(kInsert, params).affected_rows() == 0) return absl::AlreadyExistsError("decision");
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::Listing<ports::DecisionRecord>> DecisionQueries::List(
    const ports::GroupKey& group, const ports::Page& page) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::Listing<ports::DecisionRecord>> {
    ports::Listing<ports::DecisionRecord> listing;
    Params params(group.account_id, group.group_id);
    ReadFirst(sql_.Run(kListTotal, params), listing.total);
    params.Add(page.limit, page.offset);
    listing.rows = ReadAll(sql_.Run(kList, params), FromRow);
    return listing;
  });
}

}  // namespace accordion::persistence
