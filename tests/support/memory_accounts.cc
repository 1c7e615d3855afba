// Accounts and configurations of the in-memory store.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "persistence/quota_names.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

namespace {

template <typename Row, typename Table, typename Key>
absl::StatusOr<Row> GetFrom(const Table& table, const Key& key, absl::string_view what) {
  const Row* row = table.Find(key);
  if (row == nullptr) return absl::NotFoundError(what);
  return *row;
}

}  // namespace

absl::Status MemoryAccounts::PutAccount(const ports::Account& account) {
  RETURN_IF_ERROR(state_.RequireWritable());
  state_.accounts.Put(account.id, account);
  return absl::OkStatus();
}

absl::StatusOr<ports::Account> MemoryAccounts::GetAccount(const domain::AccountId& id) {
  return GetFrom<ports::Account>(state_.accounts, id, "account");
}

absl::Status MemoryAccounts::PutAccessKey(const ports::AccessKey& key) {
  RETURN_IF_ERROR(state_.RequireWritable());
  if (key.secret_key.empty()) return absl::InvalidArgumentError("a secret key must not be empty");
  RETURN_IF_ERROR(state_.RequireAccount(key.account_id));
  state_.access_keys.Put(key.access_key_id, key);
  return absl::OkStatus();
}

absl::StatusOr<ports::AccessKey> MemoryAccounts::GetAccessKey(absl::string_view access_key_id) {
  return GetFrom<ports::AccessKey>(state_.access_keys, std::string(access_key_id), "access key");
}

absl::Status MemoryAccounts::PutCloudCredential(const ports::CloudCredential& credential) {
  RETURN_IF_ERROR(state_.RequireWritable());
  if (credential.secret_key.empty())
    return absl::InvalidArgumentError("a secret key must not be empty");
  RETURN_IF_ERROR(state_.RequireAccount(credential.account_id));
  state_.cloud_credentials.Put(credential.account_id, credential);
  return absl::OkStatus();
}

absl::StatusOr<ports::CloudCredential> MemoryAccounts::GetCloudCredential(
    const domain::AccountId& account) {
  return GetFrom<ports::CloudCredential>(state_.cloud_credentials, account, "cloud credential");
}

absl::Status MemoryAccounts::PutMetricCredential(const ports::MetricCredential& credential) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(credential.account_id));
  state_.metric_credentials.Put(credential.token_sha256, credential);
  return absl::OkStatus();
}

absl::StatusOr<ports::MetricCredential> MemoryAccounts::GetMetricCredential(
    absl::string_view token_sha256) {
  return GetFrom<ports::MetricCredential>(state_.metric_credentials, std::string(token_sha256),
                                          "metric credential");
}

absl::StatusOr<domain::Quotas> MemoryAccounts::GetQuotas(const domain::AccountId& account) {
  const domain::Quotas* quotas = state_.quotas.Find(account);
  return quotas == nullptr ? domain::Quotas{} : *quotas;
}

absl::StatusOr<domain::Quotas> MemoryAccounts::LockQuotas(const domain::AccountId& account) {
  RETURN_IF_ERROR(state_.RequireWritable());
  return GetQuotas(account);
}

absl::Status MemoryAccounts::PutQuota(const domain::AccountId& account, absl::string_view name,
                                      int value) {
  RETURN_IF_ERROR(state_.RequireWritable());
  ASSIGN_OR_RETURN(domain::Quotas quotas, GetQuotas(account));
  int* quota = persistence::QuotaByName(quotas, name);
  if (quota == nullptr || value < 0)
    return absl::InvalidArgumentError(absl::StrCat("no such quota: ", name));
  RETURN_IF_ERROR(state_.RequireAccount(account));
  *quota = value;
  state_.quotas.Put(account, quotas);
  return absl::OkStatus();
}

absl::Status MemoryConfigurations::Insert(const domain::ScalingConfiguration& configuration) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(configuration.account_id));
  if (state_.configurations.Find(configuration.id) != nullptr) {
    return absl::AlreadyExistsError("scaling configuration");
  }
  state_.configurations.Put(configuration.id, configuration);
  return absl::OkStatus();
}

absl::StatusOr<domain::ScalingConfiguration> MemoryConfigurations::Get(
    const domain::AccountId& account, const domain::ConfigurationId& id) {
  const domain::ScalingConfiguration* row = state_.configurations.Find(id);
  if (row == nullptr || row->account_id != account)
    return absl::NotFoundError("scaling configuration");
  return *row;
}

absl::StatusOr<domain::ScalingConfiguration> MemoryConfigurations::Lock(
    const domain::AccountId& account, const domain::ConfigurationId& id) {
  RETURN_IF_ERROR(state_.RequireWritable());
  return Get(account, id);
}

absl::StatusOr<domain::ScalingConfiguration> MemoryConfigurations::LockShared(
    const domain::AccountId& account, const domain::ConfigurationId& id) {
  RETURN_IF_ERROR(state_.RequireWritable());
  return Get(account, id);
}

absl::Status MemoryConfigurations::Update(const domain::ScalingConfiguration& configuration) {
  RETURN_IF_ERROR(state_.RequireWritable());
  ASSIGN_OR_RETURN(const domain::ScalingConfiguration old,
                   Get(configuration.account_id, configuration.id));
  domain::ScalingConfiguration row = configuration;
  row.version = old.version + 1;
  state_.configurations.Put(row.id, std::move(row));
  return absl::OkStatus();
}

absl::Status MemoryConfigurations::Delete(const domain::AccountId& account,
                                          const domain::ConfigurationId& id) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(Get(account, id).status());
  ASSIGN_OR_RETURN(const std::vector<ports::ConfigurationUser> users, Users(account, {id}));
  if (!users.empty()) return absl::FailedPreconditionError("scaling configuration in use");
  state_.configurations.Erase(id);
  return absl::OkStatus();
}

absl::StatusOr<ports::Listing<domain::ScalingConfiguration>> MemoryConfigurations::List(
    const domain::AccountId& account, const ports::ConfigurationFilter& filter,
    const ports::Page& page) {
  std::vector<domain::ScalingConfiguration> rows;
  for (const auto& [id, row] : state_.configurations.rows()) {
    if (row.account_id == account && Admits(filter.ids, id) &&
        absl::StrContains(row.name, filter.name_contains) &&
        Admits(filter.project_ids, row.project_id)) {
      rows.push_back(row);
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.create_time < b.create_time; });
  return PageOf(std::move(rows), page);
}

absl::StatusOr<int> MemoryConfigurations::Count(const domain::AccountId& account) {
  int count = 0;
  for (const auto& [id, row] : state_.configurations.rows())
    count += row.account_id == account ? 1 : 0;
  return count;
}

absl::StatusOr<std::vector<ports::ConfigurationUser>> MemoryConfigurations::Users(
    const domain::AccountId& account, const std::vector<domain::ConfigurationId>& ids) {
  std::vector<ports::ConfigurationUser> users;
  for (const auto& [id, row] : state_.groups.rows()) {
    if (row.group.account_id == account && Admits(ids, row.group.configuration_id)) {
      users.push_back({row.group.configuration_id, id, row.group.name});
    }
  }
  std::stable_sort(users.begin(), users.end(), [](const auto& a, const auto& b) {
    return a.configuration_id < b.configuration_id;
  });
  return users;
}

}  // namespace accordion::testing
