#include "persistence/sweep_queries.h"

#include <pqxx/pqxx>

#include "absl/status/status.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

using domain::AccountId;
using domain::InstanceId;
using ports::Orphan;

// tidy:allow(account) this is the list of accounts
constexpr Statement kAccounts(
    "sweep_accounts",
    "SELECT id FROM account WHERE EXISTS (SELECT FROM scaling_group AS g WHERE g.account_id = "
    "account.id) OR EXISTS (SELECT FROM launch_intent AS i WHERE i.account_id = account.id "
    "AND i.sent_at IS NOT NULL) OR EXISTS (SELECT FROM orphan AS o WHERE o.account_id = account.id "
    "AND o.gone_at IS NULL) ORDER BY id");
constexpr Statement kProjects(
    "sweep_projects",
    "SELECT project_id FROM scaling_instance WHERE account_id = $1 AND life_cycle <> 'Closed' "
    "UNION SELECT project_id FROM launch_intent WHERE account_id = $1 AND sent_at IS NOT NULL "
    "ORDER BY project_id");
constexpr Statement kEverMembers(
    "sweep_ever_members",
    "SELECT DISTINCT instance_id FROM scaling_instance WHERE account_id = $1 "
    "AND instance_id = ANY ($2::text[]) ORDER BY instance_id");

constexpr SqlText kOrphanColumns(
    "account_id, instance_id, intent_id, project_id, address, absent_reads, found_at, gone_at");
constexpr Statement kInsertOrphan("orphan_insert", SqlText("INSERT INTO orphan (") +
                                                       kOrphanColumns + SqlText(") VALUES (") +
                                                       Placeholders<8>() +
                                                       SqlText(") ON CONFLICT DO NOTHING"));
constexpr Statement kUpdateOrphan("orphan_update",
                                  SqlText("UPDATE orphan SET (") + kOrphanColumns +
                                      SqlText(") = (") + Placeholders<8>() +
                                      SqlText(") WHERE account_id = $1 AND instance_id = $2"));
constexpr Statement kOpenOrphans("orphan_open",
                                 SqlText("SELECT ") + kOrphanColumns +
                                     SqlText(" FROM orphan WHERE account_id = $1 AND gone_at IS "
                                             "NULL ORDER BY found_at, instance_id"));
constexpr Statement kOrphansSince(
    "orphan_since", "SELECT count(*) FROM orphan WHERE account_id = $1 AND found_at > $2");

// In the order of kOrphanColumns.
template <typename OrphanType, typename Visit>
void VisitFields(OrphanType& o, Visit visit) {
  visit(o.account_id, o.instance_id, o.intent_id, o.project_id, o.address, o.absent_reads,
        o.found_at, o.gone_at);
}

Params ToParams(const Orphan& orphan) {
  Params params;
  VisitFields(orphan, [&](const auto&... fields) { params.Add(fields...); });
  return params;
}

template <typename Value>
Value ReadOneColumn(RowReader& row) {
  Value value{};
  row.Read(value);
  return value;
}

}  // namespace

absl::StatusOr<std::vector<AccountId>> SweepQueries::Accounts() {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<AccountId>> {
    return ReadAll(sql_.Run(kAccounts, Params()), ReadOneColumn<AccountId>);
  });
}

absl::StatusOr<std::vector<int64_t>> SweepQueries::Projects(const AccountId& account) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<int64_t>> {
    return ReadAll(sql_.Run(kProjects, Params(account)), ReadOneColumn<int64_t>);
  });
}

absl::StatusOr<std::vector<InstanceId>> SweepQueries::EverMembers(
    const AccountId& account, absl::Span<const InstanceId> ids) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<InstanceId>> {
    return ReadAll(sql_.Run(kEverMembers, Params(account, ids)), ReadOneColumn<InstanceId>);
  });
}

absl::Status SweepQueries::InsertOrphan(const Orphan& orphan) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kInsertOrphan, ToParams(orphan)).affected_rows() == 0)
      return absl::AlreadyExistsError("orphan");
    return absl::OkStatus();
  });
}

absl::Status SweepQueries::UpdateOrphan(const Orphan& orphan) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kUpdateOrphan, ToParams(orphan)).affected_rows() == 0)
      return absl::NotFoundError("orphan");
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<Orphan>> SweepQueries::OpenOrphans(const AccountId& account) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<Orphan>> {
    return ReadAll(sql_.Run(kOpenOrphans, Params(account)), [](RowReader& row) {
      Orphan orphan;
      VisitFields(orphan, [&](auto&... fields) { row.Read(fields...); });
      return orphan;
    });
  });
}

absl::StatusOr<int> SweepQueries::OrphansSince(const AccountId& account, absl::Time time) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    int count = 0;
    ReadFirst(sql_.Run(kOrphansSince, Params(account, time)), count);
    return count;
  });
}

}  // namespace accordion::persistence
