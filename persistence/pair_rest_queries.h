// Rests of pairs in PostgreSQL.
#pragma once

#include <optional>
#include <vector>

#include "engine/ports/pair_rest_store.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class PairRestQueries final : public ports::PairRestStore {
 public:
  explicit PairRestQueries(SqlTransaction& sql) : sql_(sql) {}

  absl::StatusOr<std::vector<domain::PairRest>> Resting(const domain::AccountId& account,
                                                        absl::Span<const domain::SubnetId> subnets,
                                                        absl::Time now) override;
  absl::StatusOr<std::optional<domain::PairRest>> Lock(const domain::AccountId& account,
                                                       const domain::PlacementPair& pair) override;
  absl::Status Put(const domain::AccountId& account, const domain::PairRest& rest,
                   absl::Time forget_before) override;
  absl::Status Clear(const domain::AccountId& account, const domain::PlacementPair& pair,
                     absl::Time sent_at) override;

 private:
  SqlTransaction& sql_;
};

}  // namespace accordion::persistence
