#include "persistence/task_queries.h"

#include <pqxx/pqxx>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "engine/ports/lease.h"
#include "persistence/column_text.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr SqlText kColumns(
    "id, account_id, group_id, name, max_size, min_size, expect_size, start_time, end_time, "
    "recurrence, repeat_unit, repeat_cycle, next_due_at, create_time");
constexpr size_t kColumnCount = 14;

// In the order of kColumns.
template <typename Task, typename Visit>
void VisitFields(Task& t, Visit visit) {
  visit(t.id, t.account_id, t.group_id, t.name, t.readjust.max_size, t.readjust.min_size,
        t.readjust.expect_size, t.start_time, t.end_time, t.recurrence.recurrence,
        t.recurrence.repeat_unit, t.recurrence.repeat_cycle, t.next_due_at, t.create_time);
}

Params ToParams(const domain::ScheduledTask& task) {
  Params params;
  VisitFields(task, [&](const auto&... fields) { params.Add(fields...); });
  return params;
}

domain::ScheduledTask FromRow(RowReader& row) {
  domain::ScheduledTask task;
  VisitFields(task, [&](auto&... fields) { row.Read(fields...); });
  row.Read(task.version);
  std::variant<domain::Rule, domain::RecurrenceFault> rule = domain::ParseRule(task.recurrence);
  if (std::holds_alternative<domain::RecurrenceFault>(rule)) {
    throw std::invalid_argument("a scheduled task's recurrence can't be read");
  }
  task.rule = std::get<domain::Rule>(std::move(rule));
  return task;
}

constexpr SqlText kOccurrenceColumns(
    "task_id, due_at, outcome, decided_at, desired_before, desired_after, words");

ports::TaskOccurrence OccurrenceFromRow(RowReader& row) {
  ports::TaskOccurrence o;
  row.Read(o.occurrence.task_id, o.occurrence.due_at, o.occurrence.outcome, o.decided_at,
           o.desired_before, o.desired_after, o.words);
  return o;
}

constexpr auto kSelect = SqlText("SELECT ") + kColumns + SqlText(", version FROM scheduled_task ");
constexpr SqlText kById("WHERE account_id = $1 AND group_id = $2 AND id = $3");
constexpr SqlText kFilter(
    "WHERE account_id = $1 AND group_id = $2 AND (cardinality($3::bigint[]) = 0 OR id = ANY ($3)) "
    "AND position($4 IN name) > 0 ");

constexpr Statement kInsert("task_insert", SqlText("INSERT INTO scheduled_task (") + kColumns +
                                               SqlText(", version, shard) VALUES (") +
                                               Placeholders<kColumnCount + 2>() +
                                               SqlText(") ON CONFLICT DO NOTHING"));
constexpr Statement kFind("task_find", kSelect + SqlText("WHERE account_id = $1 AND id = $2"));
constexpr Statement kLock("task_lock", kSelect + kById + SqlText(" FOR UPDATE"));
constexpr Statement kUpdate("task_update",
                            SqlText("UPDATE scheduled_task SET (") + kColumns + SqlText(") = (") +
                                Placeholders<kColumnCount>() +
                                SqlText("), version = version + 1 "
                                        "WHERE id = $1 AND account_id = $2 AND group_id = $3"));
constexpr Statement kDelete("task_delete", SqlText("DELETE FROM scheduled_task ") + kById);
constexpr Statement kList("task_list", kSelect + kFilter +
                                           SqlText("ORDER BY create_time, id LIMIT $5 OFFSET $6"));
constexpr Statement kListTotal("task_list_total",
                               SqlText("SELECT count(*) FROM scheduled_task ") + kFilter);
constexpr Statement kLast("task_last",
                          SqlText("SELECT DISTINCT ON (task_id) ") + kOccurrenceColumns +
                              SqlText(" FROM task_occurrence WHERE account_id = $1 AND "
                                      "task_id = ANY ($2::bigint[]) "
                                      "ORDER BY task_id, due_at DESC"));
constexpr Statement kCount(
    "task_count", "SELECT count(*) FROM scheduled_task WHERE account_id = $1 AND group_id = $2");
// tidy:allow(account) by shard
constexpr Statement kDue(
    "task_due",
    "SELECT account_id, group_id, min(next_due_at) FROM scheduled_task "
    "WHERE next_due_at <= $2 AND shard = ANY ($1::smallint[]) "
    "GROUP BY account_id, group_id ORDER BY min(next_due_at), group_id LIMIT $3");
constexpr Statement kLockDue("task_lock_due",
                             kSelect + SqlText("WHERE account_id = $1 AND group_id = $2 AND "
                                               "next_due_at <= $3 ORDER BY id FOR UPDATE"));
constexpr Statement kAddOccurrences(
    "task_add_occurrences",
    SqlText("INSERT INTO task_occurrence (account_id, group_id, ") + kOccurrenceColumns +
        SqlText(") SELECT $1::text, $2::bigint, $3::bigint, o.due_at, o.outcome, "
                "o.decided_at, o.before, o.after, o.words FROM unnest($4::timestamptz[], "
                "$5::text[], $6::timestamptz[], $7::integer[], "
                "$8::integer[], $9::text[]) AS o (due_at, outcome, decided_at, before, after, "
                "words) ORDER BY o.due_at "
                "ON CONFLICT DO NOTHING RETURNING due_at"));
constexpr SqlText kOccurrencesOf(
    "FROM task_occurrence WHERE account_id = $1 AND group_id = $2 AND task_id = $3 ");
constexpr Statement kOccurrences("task_occurrences",
                                 SqlText("SELECT ") + kOccurrenceColumns + SqlText(" ") +
                                     kOccurrencesOf +
                                     SqlText("ORDER BY due_at DESC LIMIT $4 OFFSET $5"));
constexpr Statement kOccurrencesTotal("task_occurrences_total",
                                      SqlText("SELECT count(*) ") + kOccurrencesOf);
// tidy:allow(account) by age
constexpr Statement kPrune("task_prune",
                           "DELETE FROM task_occurrence WHERE ctid = ANY (ARRAY("
                           "SELECT ctid FROM task_occurrence WHERE decided_at < $1 "
                           "ORDER BY decided_at LIMIT $2 FOR UPDATE SKIP LOCKED))");

}  // namespace

absl::Status TaskQueries::Insert(const domain::ScheduledTask& task) {
  return sql_.Guard([&]() -> absl::Status {
    Params params = ToParams(task);
    params.Add(task.version, ports::ShardOf(task.group_id));
    if (sql_.Run(kInsert, params).affected_rows() == 0)
      return absl::AlreadyExistsError("scheduled task");
    return absl::OkStatus();
  });
}

absl::StatusOr<domain::ScheduledTask> TaskQueries::Find(const domain::AccountId& account,
                                                        const domain::TaskId& id) {
  return sql_.Guard([&]() -> absl::StatusOr<domain::ScheduledTask> {
    const pqxx::result result = sql_.Run(kFind, Params(account, id));
    if (result.empty()) return absl::NotFoundError("scheduled task");
    return std::move(ReadAll(result, FromRow).front());
  });
}

absl::StatusOr<domain::ScheduledTask> TaskQueries::Lock(const ports::GroupKey& group,
                                                        const domain::TaskId& id) {
  return sql_.Guard([&]() -> absl::StatusOr<domain::ScheduledTask> {
    const pqxx::result result = sql_.Run(kLock, Params(group.account_id, group.group_id, id));
    if (result.empty()) return absl::NotFoundError("scheduled task");
    return std::move(ReadAll(result, FromRow).front());
  });
}

absl::Status TaskQueries::Update(const domain::ScheduledTask& task) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kUpdate, ToParams(task)).affected_rows() == 0)
      return absl::NotFoundError("scheduled task");
    return absl::OkStatus();
  });
}

absl::Status TaskQueries::Delete(const ports::GroupKey& group, const domain::TaskId& id) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kDelete, Params(group.account_id, group.group_id, id)).affected_rows() == 0)
      return absl::NotFoundError("scheduled task");
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::Listing<ports::ListedTask>> TaskQueries::List(const ports::GroupKey& group,
                                                                    const ports::TaskFilter& filter,
                                                                    const ports::Page& page) {
  using Tasks = ports::Listing<ports::ListedTask>;
  return sql_.Guard([&]() -> absl::StatusOr<Tasks> {
    Tasks listing;
    Params params(group.account_id, group.group_id, filter.ids, filter.name_contains);
    ReadFirst(sql_.Run(kListTotal, params), listing.total);
    params.Add(page.limit, page.offset);
    std::vector<domain::TaskId> ids;
    for (domain::ScheduledTask& task : ReadAll(sql_.Run(kList, params), FromRow)) {
      ids.push_back(task.id);
      listing.rows.push_back({.task = std::move(task)});
    }
    for (ports::TaskOccurrence& last :
         ReadAll(sql_.Run(kLast, Params(group.account_id, ids)), OccurrenceFromRow)) {
      for (ports::ListedTask& row : listing.rows) {
        if (row.task.id == last.occurrence.task_id) row.last = std::move(last);
      }
    }
    return listing;
  });
}

absl::StatusOr<int> TaskQueries::Count(const ports::GroupKey& group) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    int count = 0;
    ReadFirst(sql_.Run(kCount, Params(group.account_id, group.group_id)), count);
    return count;
  });
}

absl::StatusOr<std::vector<ports::DueGroupTasks>> TaskQueries::Due(absl::Span<const int> shards,
                                                                   absl::Time until, int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<ports::DueGroupTasks>> {
    return ReadAll(sql_.Run(kDue, Params(shards, until, limit)), [](RowReader& row) {
      ports::DueGroupTasks due;
      row.Read(due.group.account_id, due.group.group_id, due.due_at);
      return due;
    });
  });
}

absl::StatusOr<std::vector<domain::ScheduledTask>> TaskQueries::LockDue(
    const ports::GroupKey& group, absl::Time now) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::ScheduledTask>> {
    return ReadAll(sql_.Run(kLockDue, Params(group.account_id, group.group_id, now)), FromRow);
  });
}

absl::StatusOr<std::vector<absl::Time>> TaskQueries::AddOccurrences(
    const ports::GroupKey& group, absl::Span<const ports::TaskOccurrence> occurrences) {
  using Times = std::vector<absl::Time>;
  return sql_.Guard([&]() -> absl::StatusOr<Times> {
    if (occurrences.empty()) return Times();
    std::vector<std::string> due_at;
    std::vector<std::string> outcomes;
    std::vector<std::string> decided_at;
    std::vector<int64_t> before;
    std::vector<int64_t> after;
    std::vector<std::string> words;
    for (const ports::TaskOccurrence& one : occurrences) {
      due_at.push_back(TimestampText(one.occurrence.due_at));
      outcomes.emplace_back(WordOf(one.occurrence.outcome));
      decided_at.push_back(TimestampText(one.decided_at));
      before.push_back(one.desired_before);
      after.push_back(one.desired_after);
      words.push_back(one.words);
    }
    const ports::TaskOccurrence& first = occurrences.front();
    const Params params(group.account_id, group.group_id, first.occurrence.task_id, due_at,
                        outcomes, decided_at, before, after, words);
    return ReadAll(sql_.Run(kAddOccurrences, params), [](RowReader& row) {
      absl::Time time;
      row.Read(time);
      return time;
    });
  });
}

absl::StatusOr<ports::Listing<ports::TaskOccurrence>> TaskQueries::Occurrences(
    const ports::GroupKey& group, const domain::TaskId& id, const ports::Page& page) {
  using Records = ports::Listing<ports::TaskOccurrence>;
  return sql_.Guard([&]() -> absl::StatusOr<Records> {
    Records listing;
    Params params(group.account_id, group.group_id, id);
    ReadFirst(sql_.Run(kOccurrencesTotal, params), listing.total);
    params.Add(page.limit, page.offset);
    listing.rows = ReadAll(sql_.Run(kOccurrences, params), OccurrenceFromRow);
    return listing;
  });
}

absl::StatusOr<int> TaskQueries::PruneOccurrences(absl::Time before, int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    return static_cast<int>(sql_.Run(kPrune, Params(before, limit)).affected_rows());
  });
}

}  // namespace accordion::persistence
