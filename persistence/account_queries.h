// Accounts and what operators set for them, in PostgreSQL.
#pragma once

#include "engine/ports/account_store.h"
#include "persistence/sealed_columns.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class AccountQueries final : public ports::AccountStore {
 public:
  AccountQueries(SqlTransaction& sql, SealedColumns& sealed) : sql_(sql), sealed_(sealed) {}

  absl::Status PutAccount(const ports::Account& account) override;
  absl::StatusOr<ports::Account> GetAccount(const domain::AccountId& id) override;
  absl::Status PutAccessKey(const ports::AccessKey& key) override;
  absl::StatusOr<ports::AccessKey> GetAccessKey(absl::string_view access_key_id) override;
  absl::Status PutCloudCredential(const ports::CloudCredential& credential) override;
  absl::StatusOr<ports::CloudCredential> GetCloudCredential(
      const domain::AccountId& account) override;
  absl::Status PutMetricCredential(const ports::MetricCredential& credential) override;
  absl::StatusOr<ports::MetricCredential> GetMetricCredential(
      absl::string_view token_sha256) override;
  absl::StatusOr<domain::Quotas> GetQuotas(const domain::AccountId& account) override;
  absl::StatusOr<domain::Quotas> LockQuotas(const domain::AccountId& account) override;
  absl::Status PutQuota(const domain::AccountId& account, absl::string_view name,
                        int value) override;

 private:
  SqlTransaction& sql_;
  SealedColumns& sealed_;
};

}  // namespace accordion::persistence
