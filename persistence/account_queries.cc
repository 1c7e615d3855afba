#include "persistence/account_queries.h"

#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "persistence/quota_names.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

// The account's key is made once and kept: what it sealed must open for ever.
constexpr Statement kPutAccount(
    "account_put",
    "INSERT INTO account (id, name, frozen, sealed_data_key) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (id) DO UPDATE SET name = $2, frozen = $3");
constexpr Statement kGetAccount("account_get",
                                "SELECT id, name, frozen FROM account WHERE id = $1");
constexpr Statement kPutAccessKey(
    "access_key_put",
    "INSERT INTO access_key (access_key_id, account_id, sealed_secret_key, user_name, enabled, "
    "allow, security_token_sha256, expires_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (access_key_id) DO UPDATE "
    "SET account_id = $2, sealed_secret_key = $3, user_name = $4, enabled = $5, allow = $6, "
    "security_token_sha256 = $7, expires_at = $8");
// tidy:allow(account) finds out whose a key is
constexpr Statement kGetAccessKey(
    "access_key_get",
    "SELECT access_key_id, account_id, sealed_secret_key, user_name, enabled, allow, "
    "security_token_sha256, expires_at FROM access_key WHERE access_key_id = $1");
constexpr Statement kPutCloudCredential(
    "cloud_credential_put",
    "INSERT INTO cloud_credential (account_id, access_key_id, sealed_secret_key) VALUES ($1, $2, "
    "$3) "
    "ON CONFLICT (account_id) DO UPDATE SET access_key_id = $2, sealed_secret_key = $3");
constexpr Statement kGetCloudCredential("cloud_credential_get",
                                        "SELECT account_id, access_key_id, sealed_secret_key FROM "
                                        "cloud_credential WHERE account_id = $1");
constexpr Statement kPutMetricCredential(
    "metric_credential_put",
    "INSERT INTO metric_credential (token_sha256, account_id, push_any) VALUES ($1, $2, $3) "
    "ON CONFLICT (token_sha256) DO UPDATE SET account_id = $2, push_any = $3");
// tidy:allow(account) finds out whose a token is
constexpr Statement kGetMetricCredential(
    "metric_credential_get",
    "SELECT token_sha256, account_id, push_any FROM metric_credential WHERE token_sha256 = $1");
constexpr Statement kGetQuotas("quota_get", "SELECT name, value FROM quota WHERE account_id = $1");
// Foreign keys to the account don't wait for it.
constexpr Statement kLockAccount("account_lock",
                                 "SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE");
constexpr Statement kPutQuota("quota_put",
                              "INSERT INTO quota (account_id, name, value) VALUES ($1, $2, $3) "
                              "ON CONFLICT (account_id, name) DO UPDATE SET value = $3");

SealedPlace AccessKeyPlace(const ports::AccessKey& key) {
  return {.account_id = key.account_id,
          .table = "access_key",
          .column = "sealed_secret_key",
          .row_id = key.access_key_id};
}

SealedPlace CloudCredentialPlace(const ports::CloudCredential& credential) {
  return {.account_id = credential.account_id,
          .table = "cloud_credential",
          .column = "sealed_secret_key",
          .row_id = credential.access_key_id};
}

}  // namespace

absl::Status AccountQueries::PutAccount(const ports::Account& account) {
  return sql_.Guard([&]() -> absl::Status {
    sql_.Run(kPutAccount, Params(account.id, account.name, account.frozen,
                                 Bytes{sealed_.cipher().NewDataKey(account.id)}));
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::Account> AccountQueries::GetAccount(const domain::AccountId& id) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::Account> {
    const pqxx::result result = sql_.Run(kGetAccount, Params(id));
    if (result.empty()) return absl::NotFoundError("account");
    ports::Account account;
    ReadFirst(result, account.id, account.name, account.frozen);
    return account;
  });
}

absl::Status AccountQueries::PutAccessKey(const ports::AccessKey& key) {
  return sql_.Guard([&]() -> absl::Status {
    if (key.secret_key.empty()) return absl::InvalidArgumentError("a secret key must not be empty");
    ASSIGN_OR_RETURN(const std::optional<Bytes> sealed,
                     sealed_.Seal(AccessKeyPlace(key), key.secret_key));
    sql_.Run(kPutAccessKey, Params(key.access_key_id, key.account_id, sealed, key.user, key.enabled,
                                   key.allow, key.security_token_sha256, key.expires_at));
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::AccessKey> AccountQueries::GetAccessKey(absl::string_view access_key_id) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::AccessKey> {
    const pqxx::result result = sql_.Run(kGetAccessKey, Params(access_key_id));
    if (result.empty()) return absl::NotFoundError("access key");
    ports::AccessKey key;
    std::optional<Bytes> sealed;
    ReadFirst(result, key.access_key_id, key.account_id, sealed, key.user, key.enabled, key.allow,
              key.security_token_sha256, key.expires_at);
    ASSIGN_OR_RETURN(key.secret_key, sealed_.Open(AccessKeyPlace(key), sealed));
    return key;
  });
}

absl::Status AccountQueries::PutCloudCredential(const ports::CloudCredential& credential) {
  return sql_.Guard([&]() -> absl::Status {
    if (credential.secret_key.empty())
      return absl::InvalidArgumentError("a secret key must not be empty");
    ASSIGN_OR_RETURN(const std::optional<Bytes> sealed,
                     sealed_.Seal(CloudCredentialPlace(credential), credential.secret_key));
    sql_.Run(kPutCloudCredential, Params(credential.account_id, credential.access_key_id, sealed));
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::CloudCredential> AccountQueries::GetCloudCredential(
    const domain::AccountId& account) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::CloudCredential> {
    const pqxx::result result = sql_.Run(kGetCloudCredential, Params(account));
    if (result.empty()) return absl::NotFoundError("cloud credential");
    ports::CloudCredential credential;
    std::optional<Bytes> sealed;
    ReadFirst(result, credential.account_id, credential.access_key_id, sealed);
    ASSIGN_OR_RETURN(credential.secret_key, sealed_.Open(CloudCredentialPlace(credential), sealed));
    return credential;
  });
}

absl::Status AccountQueries::PutMetricCredential(const ports::MetricCredential& credential) {
  return sql_.Guard([&]() -> absl::Status {
    sql_.Run(kPutMetricCredential,
             Params(credential.token_sha256, credential.account_id, credential.push_any));
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::MetricCredential> AccountQueries::GetMetricCredential(
    absl::string_view token_sha256) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::MetricCredential> {
    const pqxx::result result = sql_.Run(kGetMetricCredential, Params(token_sha256));
    if (result.empty()) return absl::NotFoundError("metric credential");
    ports::MetricCredential credential;
    ReadFirst(result, credential.token_sha256, credential.account_id, credential.push_any);
    return credential;
  });
}

absl::StatusOr<domain::Quotas> AccountQueries::GetQuotas(const domain::AccountId& account) {
  return sql_.Guard([&]() -> absl::StatusOr<domain::Quotas> {
    domain::Quotas quotas;
    const pqxx::result result = sql_.Run(kGetQuotas, Params(account));
    for (const auto& row : result) {
      std::string name;
      int value = 0;
      RowReader(row).Read(name, value);
      // A name that this version doesn't know was written by a newer one.
      if (int* quota = QuotaByName(quotas, name); quota != nullptr) *quota = value;
    }
    return quotas;
  });
}

absl::StatusOr<domain::Quotas> AccountQueries::LockQuotas(const domain::AccountId& account) {
  const absl::Status held = sql_.Guard([&]() -> absl::Status {
    sql_.Run(kLockAccount, Params(account));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(held);
  return GetQuotas(account);
}

absl::Status AccountQueries::PutQuota(const domain::AccountId& account, absl::string_view name,
                                      int value) {
  return sql_.Guard([&]() -> absl::Status {
    domain::Quotas known;
    if (QuotaByName(known, name) == nullptr || value < 0) {
      return absl::InvalidArgumentError(absl::StrCat("no such quota: ", name));
    }
    sql_.Run(kPutQuota, Params(account, name, value));
    return absl::OkStatus();
  });
}

}  // namespace accordion::persistence
