// The store in memory, for tests and the simulation: one mutex, so that transactions run one after
// the other, with undo.
//
// It keeps the rules that PostgreSQL keeps (keys, references, at most one open activity, a desired
// change needs a new cause), and passes the same contract suite (tests/contract).
#pragma once

#include <array>
#include <map>

#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "engine/ports/lease.h"
#include "engine/ports/store.h"
#include "tests/support/memory_state.h"

namespace accordion::testing {

// Is told what each transaction changed, in the moment of its commit.
class CommitWatch {
 public:
  virtual ~CommitWatch() = default;
  // `state`'s tables know what changed (MemoryTable::ForEachChange); its `now` is the
  // transaction's. `fence` is null for a transaction without one. Must not call the store.
  virtual void OnCommit(const MemoryState& state, const ports::Fence* fence) = 0;
};

// Thread-safe. The clock is the store's clock and must outlive it. A transaction must not open
// another.
class MemoryStore final : public ports::Store, public ports::LeaseStore {
 public:
  explicit MemoryStore(const base::Clock& clock) : clock_(clock) {}

  absl::Status Transact(Work work) override;
  absl::Status Transact(const ports::Fence& fence, Work work) override;
  absl::Status Read(Work work) override;

  absl::StatusOr<int64_t> OpenSession(absl::string_view engine, absl::Duration ttl) override;
  absl::Status Renew(int64_t session, absl::Duration ttl) override;
  absl::StatusOr<std::vector<ports::HeldShard>> Acquire(int64_t session) override;
  absl::Status Close(int64_t session) override;

  // As CreateScalingNotification does.
  void Subscribe(const ports::GroupKey& group, std::vector<int> types);
  // At most one; null ends it. It must outlive the store, or its place here.
  void SetWatch(CommitWatch* watch) {
    absl::MutexLock lock(&mutex_);
    watch_ = watch;
  }
  // Makes a session lapse now.
  void Expire(int64_t session);
  // Transactions so far that changed something.
  int commits() const {
    absl::MutexLock lock(&mutex_);
    return commits_;
  }

 private:
  struct Shard {
    int64_t session = 0;  // 0: free
    int64_t epoch = 0;
  };

  absl::Status Run(const ports::Fence* fence, bool read_only, Work work);
  // Microseconds, as PostgreSQL's.
  absl::Time Now() const;
  bool IsLive(int64_t session) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const base::Clock& clock_;
  mutable absl::Mutex mutex_;
  MemoryState state_ ABSL_GUARDED_BY(mutex_);
  int commits_ ABSL_GUARDED_BY(mutex_) = 0;
  CommitWatch* watch_ ABSL_GUARDED_BY(mutex_) = nullptr;
  int64_t last_session_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int64_t, absl::Time> expiries_ ABSL_GUARDED_BY(mutex_);  // by session
  std::array<Shard, ports::kShardCount> shards_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::testing
