#include "persistence/activity_queries.h"

#include <optional>
#include <pqxx/pqxx>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

using activity::Activity;

// Of the open table and of the history.
constexpr SqlText kColumns(
    "id, group_id, account_id, type, cause_kind, cause_text, cause_policy_id, cause_cooldown_us, "
    "description, "
    "start_time, deadline, error_code, succeeded, failed, slb_configs, security_group_ids");
constexpr size_t kColumnCount = 16;

// In the order of kColumns.
template <typename ActivityType, typename Visit>
void VisitFields(ActivityType& a, Visit visit) {
  visit(a.id, a.group_id, a.account_id, a.type, a.cause.kind, a.cause.text, a.cause.policy_id,
        a.cause.cooldown, a.description, a.start_time, a.deadline, a.error_code, a.succeeded,
        a.failed, a.slb_configs, a.security_group_ids);
}

Params ToParams(const Activity& activity) {
  Params params;
  VisitFields(activity, [&](const auto&... fields) { params.Add(fields...); });
  return params;
}

constexpr auto kSelectOpen =
    SqlText("SELECT ") + kColumns + SqlText(", sealed_configuration FROM activity_open ");
constexpr SqlText kOfGroup("WHERE account_id = $1 AND group_id = $2 ");
constexpr auto kOfEither =
    SqlText("FROM (SELECT ") + kColumns +
    SqlText(
        ", 'Running' AS status, NULL::timestamptz AS end_time FROM activity_open "
        "UNION ALL SELECT ") +
    kColumns + SqlText(", status, end_time FROM activity_history) AS activity ") + kOfGroup +
    SqlText(
        "AND type <> 'Registration' AND (cardinality($3::bigint[]) = 0 OR id = ANY ($3)) "
        "AND ($4::timestamptz IS NULL OR start_time >= $4) "
        "AND ($5::timestamptz IS NULL OR start_time <= $5) ");

constexpr Statement kInsertOpen("activity_open", SqlText("INSERT INTO activity_open (") + kColumns +
                                                     SqlText(", sealed_configuration) VALUES (") +
                                                     Placeholders<kColumnCount + 1>() +
                                                     SqlText(") ON CONFLICT DO NOTHING"));
constexpr Statement kGetOpen("activity_get_open", kSelectOpen + kOfGroup);
constexpr Statement kLockOpen("activity_lock_open", kSelectOpen + kOfGroup + SqlText("FOR UPDATE"));
// tidy:allow(account) by shard
constexpr Statement kScanOpen(
    "activity_scan_open",
    kSelectOpen + SqlText("WHERE group_id IN (SELECT id FROM scaling_group WHERE shard = "
                          "ANY ($1::smallint[])) ORDER BY id"));
constexpr Statement kDeleteOpen(
    "activity_delete_open",
    "DELETE FROM activity_open WHERE account_id = $1 AND group_id = $2 AND id = $3");
constexpr Statement kInsertHistory("activity_insert_history",
                                   SqlText("INSERT INTO activity_history (") + kColumns +
                                       SqlText(", status, end_time) VALUES (") +
                                       Placeholders<kColumnCount + 2>() + SqlText(")"));
constexpr Statement kList("activity_list",
                          SqlText("SELECT ") + kColumns + SqlText(", status, end_time ") +
                              kOfEither +
                              SqlText("ORDER BY start_time DESC, id DESC LIMIT $6 OFFSET $7"));
constexpr Statement kListTotal("activity_list_total", SqlText("SELECT count(*) ") + kOfEither);

SealedPlace ConfigurationPlace(const Activity& activity) {
  return {.account_id = activity.account_id,
          .table = "activity_open",
          .column = "sealed_configuration",
          .row_id = absl::StrCat(activity.id.value())};
}

}  // namespace

absl::Status ActivityQueries::Open(const Activity& activity, absl::Span<const activity::Slot> slots,
                                   absl::Span<const activity::LaunchIntent> intents) {
  return sql_.Guard([&]() -> absl::Status {
    Params params = ToParams(activity);
    std::optional<Bytes> configuration;
    if (activity.configuration.has_value()) {
      ASSIGN_OR_RETURN(configuration,
                       sealed_.Seal(ConfigurationPlace(activity),
                                    base::SecretString(JsonText(*activity.configuration))));
    }
    params.Add(configuration);
    if (sql_.Run(kInsertOpen, params).affected_rows() == 0)
      return absl::AlreadyExistsError("open activity");
    for (const activity::Slot& slot : slots) InsertSlot(activity.account_id, slot);
    for (const activity::LaunchIntent& intent : intents) RETURN_IF_ERROR(InsertIntent(intent));
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<ports::OpenActivity>> ActivityQueries::ReadOpen(StatementRef statement,
                                                                           const Params& params) {
  std::vector<ports::OpenActivity> open;
  std::vector<int64_t> ids;
  absl::flat_hash_map<int64_t, size_t> index;
  const pqxx::result result = sql_.Run(statement, params);
  for (const auto& row : result) {
    Activity activity;
    std::optional<Bytes> sealed;
    RowReader reader(row);
    VisitFields(activity, [&](auto&... fields) { reader.Read(fields...); });
    reader.Read(sealed);
    if (sealed.has_value()) {
      ASSIGN_OR_RETURN(const base::SecretString json,
                       sealed_.Open(ConfigurationPlace(activity), sealed));
      ParseJson(json.Reveal(), activity.configuration.emplace());
    }
    index[activity.id.value()] = open.size();
    ids.push_back(activity.id.value());
    open.push_back({.activity = std::move(activity), .slots = {}});
  }
  if (open.empty()) return open;
  for (activity::Slot& slot : SlotsOf(ids)) {
    open[index.at(slot.activity_id.value())].slots.push_back(std::move(slot));
  }
  return open;
}

absl::StatusOr<std::optional<ports::OpenActivity>> ActivityQueries::GetOpen(
    const ports::GroupKey& group) {
  return sql_.Guard([&]() -> absl::StatusOr<std::optional<ports::OpenActivity>> {
    ASSIGN_OR_RETURN(auto open, ReadOpen(kGetOpen, Params(group.account_id, group.group_id)));
    if (open.empty()) return std::nullopt;
    return std::move(open.front());
  });
}

absl::StatusOr<std::optional<ports::OpenActivity>> ActivityQueries::LockOpen(
    const ports::GroupKey& group) {
  return sql_.Guard([&]() -> absl::StatusOr<std::optional<ports::OpenActivity>> {
    ASSIGN_OR_RETURN(auto open, ReadOpen(kLockOpen, Params(group.account_id, group.group_id)));
    if (open.empty()) return std::nullopt;
    return std::move(open.front());
  });
}

absl::StatusOr<std::vector<ports::OpenActivity>> ActivityQueries::ScanOpen(
    absl::Span<const int> shards) {
  return sql_.Guard([&] { return ReadOpen(kScanOpen, Params(shards)); });
}

absl::Status ActivityQueries::Finish(const Activity& finished) {
  return sql_.Guard([&]() -> absl::Status {
    if (finished.status == domain::ActivityStatus::kRunning || !finished.end_time.has_value()) {
      return absl::InvalidArgumentError(
          "a finished activity needs a terminal status and an end time");
    }
    const Params key(finished.account_id, finished.group_id, finished.id);
    if (sql_.Run(kDeleteOpen, key).affected_rows() == 0)
      return absl::NotFoundError("open activity");
    Params params = ToParams(finished);
    params.Add(finished.status, finished.end_time);
    sql_.Run(kInsertHistory, params);
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::Listing<Activity>> ActivityQueries::List(const ports::GroupKey& group,
                                                               const ports::ActivityFilter& filter,
                                                               const ports::Page& page) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::Listing<Activity>> {
    ports::Listing<Activity> listing;
    Params params(group.account_id, group.group_id, filter.ids, filter.from, filter.to);
    ReadFirst(sql_.Run(kListTotal, params), listing.total);
    params.Add(page.limit, page.offset);
    listing.rows = ReadAll(sql_.Run(kList, params), [](RowReader& row) {
      Activity activity;
      VisitFields(activity, [&](auto&... fields) { row.Read(fields...); });
      row.Read(activity.status, activity.end_time);
      return activity;
    });
    return listing;
  });
}

}  // namespace accordion::persistence
