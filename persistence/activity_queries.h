// Activities, slots and launch intents in PostgreSQL. The configuration's snapshot is sealed: it
// holds secrets.
//
// activity_queries.cc has the activities, launch_queries.cc the slots and intents.
#pragma once

#include "engine/ports/activity_store.h"
#include "persistence/sealed_columns.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class ActivityQueries final : public ports::ActivityStore {
 public:
  ActivityQueries(SqlTransaction& sql, SealedColumns& sealed) : sql_(sql), sealed_(sealed) {}

  absl::Status Open(const activity::Activity& activity, absl::Span<const activity::Slot> slots,
                    absl::Span<const activity::LaunchIntent> intents) override;
  absl::StatusOr<std::optional<ports::OpenActivity>> GetOpen(const ports::GroupKey& group) override;
  absl::StatusOr<std::optional<ports::OpenActivity>> LockOpen(
      const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<ports::OpenActivity>> ScanOpen(absl::Span<const int> shards) override;
  absl::StatusOr<activity::Slot> LockSlot(const ports::GroupKey& group,
                                          const domain::ActivityId& activity, int number) override;
  absl::Status UpdateSlot(const ports::GroupKey& group, const activity::Slot& slot) override;
  absl::Status InsertIntent(const activity::LaunchIntent& intent) override;
  absl::Status UpdateIntent(const activity::LaunchIntent& intent,
                            activity::IntentState from) override;
  absl::StatusOr<activity::LaunchIntent> GetIntent(const domain::AccountId& account,
                                                   const domain::IntentId& id) override;
  absl::StatusOr<int> UnresolvedIntents(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<activity::LaunchIntent>> UnresolvedEnded(absl::Span<const int> shards,
                                                                      int limit) override;
  absl::StatusOr<std::vector<activity::LaunchIntent>> IntentsNamed(
      const domain::AccountId& account, absl::Span<const std::string> names) override;
  absl::Status Finish(const activity::Activity& finished) override;
  absl::StatusOr<ports::Listing<activity::Activity>> List(const ports::GroupKey& group,
                                                          const ports::ActivityFilter& filter,
                                                          const ports::Page& page) override;

 private:
  absl::StatusOr<std::vector<ports::OpenActivity>> ReadOpen(StatementRef statement,
                                                            const Params& params);
  void InsertSlot(const domain::AccountId& account, const activity::Slot& slot);
  std::vector<activity::Slot> SlotsOf(absl::Span<const int64_t> activity_ids);

  SqlTransaction& sql_;
  SealedColumns& sealed_;
};

}  // namespace accordion::persistence
