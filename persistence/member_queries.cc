#include "persistence/member_queries.h"

#include <map>
#include <pqxx/pqxx>
#include <utility>

#include "absl/status/status.h"
#include "engine/domain/removal.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr SqlText kColumns(
    "account_id, group_id, instance_id, name, host_name, life_cycle, health, creation_type, "
    "subnet_id, zone, "
    "instance_type, private_ip, network_interface_id, project_id, activity_id, request_cause, "
    "registrations, address, surviving_disks, add_time, in_service_at, unhealthy_since, "
    "closed_at");
constexpr size_t kColumnCount = 23;

// In the order of kColumns. The protection has calls of its own.
template <typename Member, typename Visit>
void VisitFields(Member& m, Visit visit) {
  visit(m.account_id, m.group_id, m.instance_id, m.name, m.host_name, m.life_cycle, m.health,
        m.creation_type, m.subnet_id, m.zone, m.instance_type, m.private_ip, m.network_interface_id,
        m.project_id, m.activity_id, m.request_cause, m.registrations, m.address, m.surviving_disks,
        m.add_time, m.in_service_at, m.unhealthy_since, m.closed_at);
}

Params ToParams(const domain::Member& member) {
  Params params;
  VisitFields(member, [&](const auto&... fields) { params.Add(fields...); });
  return params;
}

domain::Member FromRow(RowReader& row) {
  domain::Member member;
  VisitFields(member, [&](auto&... fields) { row.Read(fields...); });
  row.Read(member.is_protected);
  return member;
}

constexpr auto kSelect =
    SqlText("SELECT ") + kColumns + SqlText(", is_protected FROM scaling_instance ");
constexpr SqlText kById("WHERE account_id = $1 AND group_id = $2 AND instance_id = $3");
constexpr SqlText kUnclosedOf(
    "WHERE account_id = $1 AND group_id = $2 AND life_cycle <> 'Closed' ");
constexpr SqlText kFilter(
    "AND (cardinality($3::text[]) = 0 OR instance_id = ANY ($3)) AND ($4::text IS NULL OR "
    "creation_type = $4) "
    "AND ($5::text IS NULL OR health = $5) ");
constexpr SqlText kOldestFirst("ORDER BY add_time, instance_id ");

constexpr Statement kInsert("member_insert", SqlText("INSERT INTO scaling_instance (") + kColumns +
                                                 SqlText(", is_protected) VALUES (") +
                                                 Placeholders<kColumnCount + 1>() +
                                                 SqlText(") ON CONFLICT DO NOTHING"));
constexpr Statement kDeleteClosed("member_delete_closed",
                                  SqlText("DELETE FROM scaling_instance ") + kById +
                                      SqlText(" AND life_cycle = 'Closed'"));
constexpr Statement kLock("member_lock", kSelect + kById + SqlText(" FOR UPDATE"));
constexpr Statement kUpdate("member_update", SqlText("UPDATE scaling_instance SET (") + kColumns +
                                                 SqlText(") = (") + Placeholders<kColumnCount>() +
                                                 SqlText(") ") + kById);
constexpr Statement kUnclosed("member_unclosed", kSelect + kUnclosedOf + kOldestFirst);
constexpr Statement kLockUnclosed(
    "member_lock_unclosed",
    kSelect + kUnclosedOf +
        SqlText("AND instance_id = ANY ($3::text[]) ORDER BY instance_id FOR UPDATE"));
constexpr Statement kMark(
    "member_mark",
    "UPDATE scaling_instance SET life_cycle = $4, activity_id = $5 "
    "WHERE account_id = $1 AND group_id = $2 AND instance_id = ANY ($3::text[])");
constexpr Statement kProtect(
    "member_protect",
    "UPDATE scaling_instance SET is_protected = $4 "
    "WHERE account_id = $1 AND group_id = $2 AND instance_id = ANY ($3::text[])");
constexpr Statement kList("member_list", kSelect + kUnclosedOf + kFilter + kOldestFirst +
                                             SqlText("LIMIT $6 OFFSET $7"));
constexpr Statement kListTotal("member_list_total",
                               SqlText("SELECT count(*) FROM scaling_instance ") + kUnclosedOf +
                                   kFilter);
constexpr Statement kCount("member_count",
                           SqlText("SELECT count(*) FROM scaling_instance ") + kUnclosedOf);
constexpr Statement kOfAccount("member_of_account",
                               kSelect + SqlText("WHERE account_id = $1 AND life_cycle <> 'Closed' "
                                                 "ORDER BY group_id, instance_id"));
// tidy:allow(account) by shard
constexpr Statement kScan(
    "member_scan",
    kSelect + SqlText("WHERE life_cycle <> 'Closed' AND group_id IN (SELECT id FROM scaling_group "
                      "WHERE shard = ANY ($1::smallint[]) AND id > $2 ORDER BY id LIMIT $3) "
                      "ORDER BY group_id, add_time, instance_id"));

bool BeingRemoved(const domain::Member& member) {
  return member.life_cycle == domain::LifeCycle::kDetaching ||
         member.life_cycle == domain::LifeCycle::kTerminating;
}

}  // namespace

absl::Status MemberQueries::Insert(const domain::Member& member) {
  return sql_.Guard([&]() -> absl::Status {
    Params params = ToParams(member);
    params.Add(member.is_protected);
    if (sql_.Run(kInsert, params).affected_rows() > 0) return absl::OkStatus();
    // An instance that was a member before and left takes the place of its old row.
    const Params key(member.account_id, member.group_id, member.instance_id);
    if (sql_.Run(kDeleteClosed, key).affected_rows() > 0 &&
        sql_.Run(kInsert, params).affected_rows() > 0) {
      return absl::OkStatus();
    }
    return absl::AlreadyExistsError("scaling instance");
  });
}

absl::StatusOr<domain::Member> MemberQueries::Lock(const ports::GroupKey& group,
                                                   const domain::InstanceId& id) {
  return sql_.Guard([&]() -> absl::StatusOr<domain::Member> {
    const pqxx::result result = sql_.Run(kLock, Params(group.account_id, group.group_id, id));
    if (result.empty()) return absl::NotFoundError("scaling instance");
    return std::move(ReadAll(result, FromRow).front());
  });
}

absl::Status MemberQueries::Update(const domain::Member& member) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kUpdate, ToParams(member)).affected_rows() == 0)
      return absl::NotFoundError("scaling instance");
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<domain::Member>> MemberQueries::Unclosed(const ports::GroupKey& group) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::Member>> {
    return ReadAll(sql_.Run(kUnclosed, Params(group.account_id, group.group_id)), FromRow);
  });
}

std::vector<domain::Member> MemberQueries::LockUnclosed(const ports::GroupKey& group,
                                                        absl::Span<const domain::InstanceId> ids) {
  std::map<domain::InstanceId, domain::Member> locked;
  for (domain::Member& member :
       ReadAll(sql_.Run(kLockUnclosed, Params(group.account_id, group.group_id, ids)), FromRow)) {
    const domain::InstanceId id = member.instance_id;
    locked.emplace(id, std::move(member));
  }
  std::vector<domain::Member> members;
  for (const domain::InstanceId& id : ids) {
    // Extracted, so that an id given twice counts once.
    if (auto found = locked.extract(id); !found.empty())
      members.push_back(std::move(found.mapped()));
  }
  return members;
}

absl::StatusOr<std::vector<domain::Member>> MemberQueries::Pick(
    const ports::GroupKey& group, absl::Span<const domain::InstanceId> ids,
    domain::LifeCycle life_cycle, const domain::ActivityId& activity) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::Member>> {
    // What a row said before its lock was ours proves nothing: a protection may have been committed
    // meanwhile.
    std::vector<domain::Member> picked;
    std::vector<domain::InstanceId> picked_ids;
    for (domain::Member& member : LockUnclosed(group, ids)) {
      if (!domain::IsRemovable(member)) continue;
      member.life_cycle = life_cycle;
      member.activity_id = activity;
      picked_ids.push_back(member.instance_id);
      picked.push_back(std::move(member));
    }
    sql_.Run(kMark, Params(group.account_id, group.group_id, picked_ids, life_cycle, activity));
    return picked;
  });
}

absl::StatusOr<std::vector<domain::Member>> MemberQueries::Protect(
    const ports::GroupKey& group, absl::Span<const domain::InstanceId> ids, bool is_protected) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::Member>> {
    std::vector<domain::Member> members = LockUnclosed(group, ids);
    for (const domain::InstanceId& id : ids) {
      bool found = false;
      for (const domain::Member& member : members) found |= member.instance_id == id;
      if (!found) return absl::NotFoundError(id.value());
    }
    for (domain::Member& member : members) {
      if (BeingRemoved(member)) return absl::FailedPreconditionError(member.instance_id.value());
      member.is_protected = is_protected;
    }
    sql_.Run(kProtect, Params(group.account_id, group.group_id, ids, is_protected));
    return members;
  });
}

absl::StatusOr<ports::Listing<domain::Member>> MemberQueries::List(
    const ports::GroupKey& group, const ports::MemberFilter& filter, const ports::Page& page) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::Listing<domain::Member>> {
    ports::Listing<domain::Member> listing;
    Params params(group.account_id, group.group_id, filter.ids, filter.creation_type,
                  filter.health);
    ReadFirst(sql_.Run(kListTotal, params), listing.total);
    params.Add(page.limit, page.offset);
    listing.rows = ReadAll(sql_.Run(kList, params), FromRow);
    return listing;
  });
}

absl::StatusOr<int> MemberQueries::Count(const ports::GroupKey& group) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    int count = 0;
    ReadFirst(sql_.Run(kCount, Params(group.account_id, group.group_id)), count);
    return count;
  });
}

absl::StatusOr<std::vector<domain::Member>> MemberQueries::OfAccount(
    const domain::AccountId& account) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::Member>> {
    return ReadAll(sql_.Run(kOfAccount, Params(account)), FromRow);
  });
}

absl::StatusOr<std::vector<domain::Member>> MemberQueries::Scan(absl::Span<const int> shards,
                                                                const domain::GroupId& after_group,
                                                                int limit_groups) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::Member>> {
    return ReadAll(sql_.Run(kScan, Params(shards, after_group, limit_groups)), FromRow);
  });
}

}  // namespace accordion::persistence
