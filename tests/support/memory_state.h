// Everything that the in-memory store holds, and how its resources reach it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/ports/store.h"
#include "tests/support/memory_table.h"

namespace accordion::testing {

struct MemoryGroupRow {
  domain::ScalingGroup group;
  absl::Time wake_at;
};

using MemoryMemberKey = std::tuple<domain::AccountId, domain::GroupId, domain::InstanceId>;

// By account, subnet and type.
using MemoryPairRestKey = std::tuple<domain::AccountId, domain::SubnetId, std::string>;

struct MemoryOutboxRow {
  ports::OutboxEvent event;
  bool fanned_out = false;
  std::optional<absl::Time> done_at;
};

struct MemoryDeliveryRow {
  int64_t seq = 0;  // of its event
  ports::GroupKey group;
  ports::Delivery delivery;
};

struct MemoryClientTokenRow {
  ports::ClientTokenRecord record;
  absl::Time created_at;
};

struct MemoryState {
  UndoLog undo;

  MemoryTable<domain::AccountId, ports::Account> accounts{undo};
  MemoryTable<std::string, ports::AccessKey> access_keys{undo};
  MemoryTable<domain::AccountId, ports::CloudCredential> cloud_credentials{undo};
  MemoryTable<std::string, ports::MetricCredential> metric_credentials{undo};
  MemoryTable<domain::AccountId, domain::Quotas> quotas{undo};
  MemoryTable<domain::ConfigurationId, domain::ScalingConfiguration> configurations{undo};
  MemoryTable<domain::GroupId, MemoryGroupRow> groups{undo};
  MemoryTable<domain::PolicyId, domain::ScalingPolicy> policies{undo};
  MemoryTable<domain::PolicyId, domain::PolicyRun> policy_runs{undo};
  MemoryTable<domain::TaskId, domain::ScheduledTask> tasks{undo};
  MemoryTable<std::pair<domain::TaskId, absl::Time>, ports::TaskOccurrence> occurrences{undo};
  MemoryTable<std::pair<domain::PolicyId, absl::Time>, ports::DecisionRecord> decisions{undo};
  MemoryTable<MemoryMemberKey, domain::Member> members{undo};
  MemoryTable<domain::GroupId, activity::Activity> open_activities{undo};
  MemoryTable<std::pair<domain::ActivityId, int>, activity::Slot> slots{undo};
  MemoryTable<domain::ActivityId, activity::Activity> history{undo};
  MemoryTable<domain::IntentId, activity::LaunchIntent> intents{undo};
  MemoryTable<domain::GroupId, domain::ScalingNotification> notifications{undo};
  MemoryTable<std::pair<domain::AccountId, std::string>, ports::Contact> contacts{undo};
  MemoryTable<std::pair<domain::AccountId, std::string>, MemoryClientTokenRow> client_tokens{undo};
  MemoryTable<MemoryPairRestKey, domain::PairRest> pair_rests{undo};
  MemoryTable<int64_t, MemoryOutboxRow> outbox{undo};
  // By event and contact.
  MemoryTable<std::pair<std::string, std::string>, MemoryDeliveryRow> deliveries{undo};

  // Sequences are not taken back by a rollback.
  int64_t last_policy_id = 10000000;
  int64_t last_outbox_seq = 0;

  // Of the open transaction.
  absl::Time now;
  bool read_only = false;
  absl::Status broken;  // a constraint was hurt: it can't commit any more

  // What PostgreSQL says when a foreign key or CHECK is hurt.
  absl::Status Break(absl::Status status) {
    if (broken.ok()) broken = status;
    return status;
  }
  // Row locks and writes fail in a read-only snapshot.
  absl::Status RequireWritable() {
    return read_only ? Break(absl::UnavailableError("read-only transaction")) : absl::OkStatus();
  }
  absl::Status RequireAccount(const domain::AccountId& account) {
    return accounts.Find(account) != nullptr
               ? absl::OkStatus()
               : Break(absl::FailedPreconditionError("no such account"));
  }
  // nullptr for an unknown group, or another account's.
  const MemoryGroupRow* FindGroup(const ports::GroupKey& key) const {
    const MemoryGroupRow* row = groups.Find(key.group_id);
    return row != nullptr && row->group.account_id == key.account_id ? row : nullptr;
  }
  absl::Status RequireGroup(const ports::GroupKey& key) {
    return FindGroup(key) != nullptr ? absl::OkStatus()
                                     : Break(absl::FailedPreconditionError("no such group"));
  }
};

// Whether `ids` is no filter, or has `id`.
template <typename Ids, typename Id>
bool Admits(const Ids& ids, const Id& id) {
  if (ids.empty()) return true;
  for (const auto& wanted : ids) {
    if (wanted == id) return true;
  }
  return false;
}

// The page of `rows`, which are in order already.
template <typename T>
ports::Listing<T> PageOf(std::vector<T> rows, const ports::Page& page) {
  ports::Listing<T> listing;
  listing.total = static_cast<int>(rows.size());
  for (size_t i = static_cast<size_t>(page.offset);
       i < rows.size() && listing.rows.size() < static_cast<size_t>(page.limit); ++i) {
    listing.rows.push_back(std::move(rows[i]));
  }
  return listing;
}

}  // namespace accordion::testing
