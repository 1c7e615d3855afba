// Scaling configurations in PostgreSQL. Password and user data are sealed.
#pragma once

#include "engine/ports/configuration_store.h"
#include "persistence/sealed_columns.h"
#include "persistence/sql_transaction.h"

namespace pqxx {
class row;
}  // namespace pqxx

namespace accordion::persistence {

class ConfigurationQueries final : public ports::ConfigurationStore {
 public:
  ConfigurationQueries(SqlTransaction& sql, SealedColumns& sealed) : sql_(sql), sealed_(sealed) {}

  absl::Status Insert(const domain::ScalingConfiguration& configuration) override;
  absl::StatusOr<domain::ScalingConfiguration> Get(const domain::AccountId& account,
                                                   const domain::ConfigurationId& id) override;
  absl::StatusOr<domain::ScalingConfiguration> Lock(const domain::AccountId& account,
                                                    const domain::ConfigurationId& id) override;
  absl::StatusOr<domain::ScalingConfiguration> LockShared(
      const domain::AccountId& account, const domain::ConfigurationId& id) override;
  absl::Status Update(const domain::ScalingConfiguration& configuration) override;
  absl::Status Delete(const domain::AccountId& account, const domain::ConfigurationId& id) override;
  absl::StatusOr<ports::Listing<domain::ScalingConfiguration>> List(
      const domain::AccountId& account, const ports::ConfigurationFilter& filter,
      const ports::Page& page) override;
  absl::StatusOr<int> Count(const domain::AccountId& account) override;
  absl::StatusOr<std::vector<ports::ConfigurationUser>> Users(
      const domain::AccountId& account, const std::vector<domain::ConfigurationId>& ids) override;

 private:
  absl::StatusOr<domain::ScalingConfiguration> GetBy(StatementRef statement,
                                                     const domain::AccountId& account,
                                                     const domain::ConfigurationId& id);
  absl::StatusOr<Params> ToParams(const domain::ScalingConfiguration& configuration);
  absl::StatusOr<domain::ScalingConfiguration> FromRow(const pqxx::row& row);

  SqlTransaction& sql_;
  SealedColumns& sealed_;
};

}  // namespace accordion::persistence
