#include "persistence/configuration_queries.h"

#include <optional>
#include <pqxx/pqxx>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr SqlText kColumns(
    "id, account_id, name, image_id, instance_types, charge_type, project_id, key_ids, "
    "keep_image_login, "
    "data_disk_gb, data_disks, system_disk, address, instance_name, instance_name_suffix, "
    "instance_name_time_suffix, tags, need_monitor_agent, need_security_agent, sync_tag, "
    "login_set_after, "
    "ip_bind_after, instance_name_random, create_time, cpu, memory_gb, gpu, zones, "
    "sealed_password, "
    "sealed_user_data");
constexpr size_t kColumnCount = 30;

// The columns that hold fields as they are, in the order of kColumns.
template <typename Configuration, typename Visit>
void VisitFields(Configuration& c, Visit visit) {
  visit(c.id, c.account_id, c.name, c.image_id, c.instance_types, c.charge_type, c.project_id,
        c.key_ids, c.keep_image_login, c.data_disk_gb, c.data_disks, c.system_disk, c.address,
        c.instance_name, c.instance_name_suffix, c.instance_name_time_suffix, c.tags,
        c.need_monitor_agent, c.need_security_agent, c.sync_tag, c.login_set_after, c.ip_bind_after,
        c.instance_name_random, c.create_time, c.cpu, c.memory_gb, c.gpu, c.zones);
}

constexpr auto kSelect =
    SqlText("SELECT ") + kColumns + SqlText(", version FROM scaling_configuration ");
constexpr SqlText kById("WHERE account_id = $1 AND id = $2");
constexpr SqlText kFilter(
    "WHERE account_id = $1 AND (cardinality($2::bigint[]) = 0 OR id = ANY ($2)) AND position($3 IN "
    "name) > 0 "
    "AND (cardinality($4::bigint[]) = 0 OR project_id = ANY ($4)) ");

constexpr Statement kInsert("configuration_insert", SqlText("INSERT INTO scaling_configuration (") +
                                                        kColumns + SqlText(", version) VALUES (") +
                                                        Placeholders<kColumnCount + 1>() +
                                                        SqlText(") ON CONFLICT DO NOTHING"));
constexpr Statement kGet("configuration_get", kSelect + kById);
constexpr Statement kLock("configuration_lock", kSelect + kById + SqlText(" FOR UPDATE"));
constexpr Statement kLockShared("configuration_lock_shared",
                                kSelect + kById + SqlText(" FOR SHARE"));
constexpr Statement kUpdate(
    "configuration_update",
    SqlText("UPDATE scaling_configuration SET (") + kColumns + SqlText(") = (") +
        Placeholders<kColumnCount>() +
        SqlText("), version = version + 1 WHERE id = $1 AND account_id = $2"));
constexpr Statement kUsed(
    "configuration_used",
    "SELECT count(*) FROM scaling_group WHERE account_id = $1 AND configuration_id = $2");
constexpr Statement kDelete("configuration_delete",
                            SqlText("DELETE FROM scaling_configuration ") + kById);
constexpr Statement kList("configuration_list",
                          kSelect + kFilter +
                              SqlText("ORDER BY create_time, id LIMIT $5 OFFSET $6"));
constexpr Statement kListTotal("configuration_list_total",
                               SqlText("SELECT count(*) FROM scaling_configuration ") + kFilter);
constexpr Statement kCount("configuration_count",
                           "SELECT count(*) FROM scaling_configuration WHERE account_id = $1");
constexpr Statement kUsers(
    "configuration_users",
    "SELECT configuration_id, id, name FROM scaling_group WHERE account_id = $1 "
    "AND (cardinality($2::bigint[]) = 0 OR configuration_id = ANY ($2)) "
    "ORDER BY configuration_id, id");

SealedPlace Place(const domain::ScalingConfiguration& configuration, absl::string_view column) {
  return {.account_id = configuration.account_id,
          .table = "scaling_configuration",
          .column = column,
          .row_id = absl::StrCat(configuration.id.value())};
}

}  // namespace

absl::StatusOr<Params> ConfigurationQueries::ToParams(
    const domain::ScalingConfiguration& configuration) {
  Params params;
  VisitFields(configuration, [&](const auto&... fields) { params.Add(fields...); });
  ASSIGN_OR_RETURN(const std::optional<Bytes> password,
                   sealed_.Seal(Place(configuration, "sealed_password"), configuration.password));
  ASSIGN_OR_RETURN(const std::optional<Bytes> user_data,
                   sealed_.Seal(Place(configuration, "sealed_user_data"), configuration.user_data));
  params.Add(password, user_data);
  return params;
}

absl::StatusOr<domain::ScalingConfiguration> ConfigurationQueries::FromRow(const pqxx::row& row) {
  domain::ScalingConfiguration configuration;
  RowReader reader(row);
  VisitFields(configuration, [&](auto&... fields) { reader.Read(fields...); });
  std::optional<Bytes> password;
  std::optional<Bytes> user_data;
  reader.Read(password, user_data, configuration.version);
  ASSIGN_OR_RETURN(configuration.password,
                   sealed_.Open(Place(configuration, "sealed_password"), password));
  ASSIGN_OR_RETURN(configuration.user_data,
                   sealed_.Open(Place(configuration, "sealed_user_data"), user_data));
  return configuration;
}

absl::Status ConfigurationQueries::Insert(const domain::ScalingConfiguration& configuration) {
  return sql_.Guard([&]() -> absl::Status {
    ASSIGN_OR_RETURN(Params params, ToParams(configuration));
    params.Add(configuration.version);
    if (sql_.Run(kInsert, params).affected_rows() == 0)
      return absl::AlreadyExistsError("scaling configuration");
    return absl::OkStatus();
  });
}

absl::StatusOr<domain::ScalingConfiguration> ConfigurationQueries::GetBy(
    StatementRef statement, const domain::AccountId& account, const domain::ConfigurationId& id) {
  return sql_.Guard([&]() -> absl::StatusOr<domain::ScalingConfiguration> {
    const pqxx::result result = sql_.Run(statement, Params(account, id));
    if (result.empty()) return absl::NotFoundError("scaling configuration");
    return FromRow(result[0]);
  });
}

absl::StatusOr<domain::ScalingConfiguration> ConfigurationQueries::Get(
    const domain::AccountId& account, const domain::ConfigurationId& id) {
  return GetBy(kGet, account, id);
}

absl::StatusOr<domain::ScalingConfiguration> ConfigurationQueries::Lock(
    const domain::AccountId& account, const domain::ConfigurationId& id) {
  return GetBy(kLock, account, id);
}

absl::StatusOr<domain::ScalingConfiguration> ConfigurationQueries::LockShared(
    const domain::AccountId& account, const domain::ConfigurationId& id) {
  return GetBy(kLockShared, account, id);
}

absl::Status ConfigurationQueries::Update(const domain::ScalingConfiguration& configuration) {
  return sql_.Guard([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Params params, ToParams(configuration));
    if (sql_.Run(kUpdate, params).affected_rows() == 0)
      return absl::NotFoundError("scaling configuration");
    return absl::OkStatus();
  });
}

absl::Status ConfigurationQueries::Delete(const domain::AccountId& account,
                                          const domain::ConfigurationId& id) {
  return sql_.Guard([&]() -> absl::Status {
    // The foreign key refuses this too, but ends the transaction.
    int users = 0;
    ReadFirst(sql_.Run(kUsed, Params(account, id)), users);
    if (users > 0) return absl::FailedPreconditionError("scaling configuration in use");
    if (sql_.Run(kDelete, Params(account, id)).affected_rows() == 0) {
      return absl::NotFoundError("scaling configuration");
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::Listing<domain::ScalingConfiguration>> ConfigurationQueries::List(
    const domain::AccountId& account, const ports::ConfigurationFilter& filter,
    const ports::Page& page) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::Listing<domain::ScalingConfiguration>> {
    ports::Listing<domain::ScalingConfiguration> listing;
    Params params(account, filter.ids, filter.name_contains, filter.project_ids);
    ReadFirst(sql_.Run(kListTotal, params), listing.total);
    params.Add(page.limit, page.offset);
    const pqxx::result result = sql_.Run(kList, params);
    for (const auto& row : result) {
      ASSIGN_OR_RETURN(domain::ScalingConfiguration configuration, FromRow(row));
      listing.rows.push_back(std::move(configuration));
    }
    return listing;
  });
}

absl::StatusOr<int> ConfigurationQueries::Count(const domain::AccountId& account) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    int count = 0;
    ReadFirst(sql_.Run(kCount, Params(account)), count);
    return count;
  });
}

absl::StatusOr<std::vector<ports::ConfigurationUser>> ConfigurationQueries::Users(
    const domain::AccountId& account, const std::vector<domain::ConfigurationId>& ids) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<ports::ConfigurationUser>> {
    return ReadAll(sql_.Run(kUsers, Params(account, ids)), [](RowReader& row) {
      ports::ConfigurationUser user;
      row.Read(user.configuration_id, user.group_id, user.group_name);
      return user;
    });
  });
}

}  // namespace accordion::persistence
