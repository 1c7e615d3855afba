// The outbox and what groups subscribe to, in PostgreSQL.
#pragma once

#include "engine/ports/outbox_store.h"
#include "persistence/sealed_columns.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class OutboxQueries final : public ports::OutboxStore {
 public:
  OutboxQueries(SqlTransaction& sql, SealedColumns& sealed) : sql_(sql), sealed_(sealed) {}

  absl::StatusOr<std::vector<int>> SubscribedTypes(const ports::GroupKey& group) override;
  absl::Status Add(const ports::OutboxEvent& event) override;
  absl::StatusOr<std::vector<ports::OutboxEvent>> Pending(int limit) override;
  absl::StatusOr<int> FanOut(absl::Span<const int> shards, int limit) override;
  absl::StatusOr<std::vector<ports::ClaimedDelivery>> Claim(
      const ports::ClaimOptions& options) override;
  absl::Status Retry(const ports::ClaimedDelivery& claimed, absl::Time next_at,
                     absl::string_view error) override;
  absl::Status End(const ports::ClaimedDelivery& claimed, ports::DeliveryState state,
                   absl::string_view error) override;
  absl::StatusOr<std::vector<ports::Delivery>> Deliveries(absl::string_view event_id) override;
  absl::StatusOr<int> Prune(absl::Time before, int limit) override;

 private:
  SqlTransaction& sql_;
  SealedColumns& sealed_;
};

}  // namespace accordion::persistence
