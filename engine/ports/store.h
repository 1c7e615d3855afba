// The store: the only source of truth. Domain-named calls inside transactions; SQL stays in
// persistence.
//
// Implementations: persistence/postgres_store and tests/support/memory_store; both pass
// tests/contract.
//
// A transaction function may run more than once (serialization failures, deadlocks), so it must
// have no effect outside the transaction and must not keep what it read. Every call may fail with
// kUnavailable (the store can't be reached) or kDeadlineExceeded; the function returns such an
// error and the transaction rolls back. Commit doubt: when the answer to COMMIT is lost, the store
// finds out what happened; if it can't, it returns kUnknown, and the caller re-reads (every
// transaction is idempotent by key).
//
// Lock order, to avoid deadlocks: client token, account, group, open activity, slot, member,
// everything else.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/ports/account_store.h"
#include "engine/ports/activity_store.h"
#include "engine/ports/client_token_store.h"
#include "engine/ports/configuration_store.h"
#include "engine/ports/contact_store.h"
#include "engine/ports/decision_store.h"
#include "engine/ports/group_store.h"
#include "engine/ports/lease.h"
#include "engine/ports/member_store.h"
#include "engine/ports/notification_store.h"
#include "engine/ports/outbox_store.h"
#include "engine/ports/pair_rest_store.h"
#include "engine/ports/policy_store.h"
#include "engine/ports/task_store.h"

namespace accordion::ports {

// One open transaction. Not thread-safe; dies with the function that got it.
class Tx {
 public:
  virtual ~Tx() = default;

  // The store's clock, fixed for the transaction.
  virtual absl::Time Now() = 0;
  // A new 63-bit, time-ordered id, unique across engines; never reused, also when the transaction
  // rolls back.
  virtual absl::StatusOr<int64_t> NewId() = 0;

  virtual AccountStore& accounts() = 0;
  virtual GroupStore& groups() = 0;
  virtual ConfigurationStore& configurations() = 0;
  virtual PolicyStore& policies() = 0;
  virtual TaskStore& tasks() = 0;
  virtual MemberStore& members() = 0;
  virtual ActivityStore& activities() = 0;
  virtual DecisionStore& decisions() = 0;
  virtual OutboxStore& outbox() = 0;
  virtual NotificationStore& notifications() = 0;
  virtual ContactStore& contacts() = 0;
  virtual ClientTokenStore& client_tokens() = 0;
  virtual PairRestStore& pair_rests() = 0;
};

// Thread-safe.
class Store {
 public:
  using Work = absl::FunctionRef<absl::Status(Tx&)>;
  virtual ~Store() = default;

  // Commits iff `work` returns OK; else rolls back and returns its status.
  virtual absl::Status Transact(Work work) = 0;
  // The same under a fence: fails with kFailedPrecondition "fence" and writes nothing if the shard
  // is no longer held with that session and epoch at commit (I-10).
  virtual absl::Status Transact(const Fence& fence, Work work) = 0;
  // A read-only snapshot.
  virtual absl::Status Read(Work work) = 0;
};

}  // namespace accordion::ports
