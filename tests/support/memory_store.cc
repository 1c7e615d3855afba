#include "tests/support/memory_store.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

namespace {

// As the database's next_id(): milliseconds since 2015 above 22 bits of a sequence. One sequence a
// process, so that ids differ between stores, too.
int64_t NextId(absl::Time now) {
  static std::atomic<int64_t> sequence{0};
  constexpr int64_t kEpochMs = 1420070400000;
  return ((absl::ToUnixMillis(now) - kEpochMs) << 22) | (sequence.fetch_add(1) & ((1 << 22) - 1));
}

class MemoryTx final : public ports::Tx {
 public:
  MemoryTx(MemoryState& state, absl::Time id_time)
      : state_(state),
        id_time_(id_time),
        accounts_(state),
        groups_(state),
        configurations_(state),
        policies_(state),
        tasks_(state),
        members_(state),
        activities_(state),
        decisions_(state),
        outbox_(state),
        notifications_(state),
        contacts_(state),
        client_tokens_(state),
        pair_rests_(state) {}

  absl::Time Now() override { return state_.now; }
  absl::StatusOr<int64_t> NewId() override {
    RETURN_IF_ERROR(state_.RequireWritable());
    return NextId(id_time_);
  }

  ports::AccountStore& accounts() override { return accounts_; }
  ports::GroupStore& groups() override { return groups_; }
  ports::ConfigurationStore& configurations() override { return configurations_; }
  ports::PolicyStore& policies() override { return policies_; }
  ports::TaskStore& tasks() override { return tasks_; }
  ports::MemberStore& members() override { return members_; }
  ports::ActivityStore& activities() override { return activities_; }
  ports::DecisionStore& decisions() override { return decisions_; }
  ports::OutboxStore& outbox() override { return outbox_; }
  ports::NotificationStore& notifications() override { return notifications_; }
  ports::ContactStore& contacts() override { return contacts_; }
  ports::ClientTokenStore& client_tokens() override { return client_tokens_; }
  ports::PairRestStore& pair_rests() override { return pair_rests_; }

 private:
  MemoryState& state_;
  absl::Time id_time_;
  MemoryAccounts accounts_;
  MemoryGroups groups_;
  MemoryConfigurations configurations_;
  MemoryPolicies policies_;
  MemoryTasks tasks_;
  MemoryMembers members_;
  MemoryActivities activities_;
  MemoryDecisions decisions_;
  MemoryOutbox outbox_;
  MemoryNotifications notifications_;
  MemoryContacts contacts_;
  MemoryClientTokens client_tokens_;
  MemoryPairRests pair_rests_;
};

}  // namespace

absl::Status MemoryStore::Transact(Work work) { return Run(nullptr, /*read_only=*/false, work); }

absl::Status MemoryStore::Transact(const ports::Fence& fence, Work work) {
  return Run(&fence, /*read_only=*/false, work);
}

absl::Status MemoryStore::Read(Work work) { return Run(nullptr, /*read_only=*/true, work); }

absl::Status MemoryStore::Run(const ports::Fence* fence, bool read_only, Work work) {
  absl::MutexLock lock(&mutex_);
  if (fence != nullptr) {
    const bool in_range = fence->shard >= 0 && fence->shard < ports::kShardCount;
    const Shard shard = in_range ? shards_[static_cast<size_t>(fence->shard)] : Shard{};
    if (fence->session == 0 || shard.session != fence->session || shard.epoch != fence->epoch) {
      return absl::FailedPreconditionError("fence");
    }
  }
  state_.now = Now();
  state_.read_only = read_only;
  state_.broken = absl::OkStatus();
  MemoryTx tx(state_, state_.now);
  absl::Status status = work(tx);
  if (status.ok()) status = state_.broken;
  if (status.ok()) {
    commits_ += state_.undo.empty() ? 0 : 1;
    state_.undo.Forget();
  } else {
    state_.undo.RollBack();
  }
  return status;
}

absl::StatusOr<int64_t> MemoryStore::OpenSession(absl::string_view, absl::Duration ttl) {
  absl::MutexLock lock(&mutex_);
  expiries_[++last_session_] = Now() + ttl;
  return last_session_;
}

absl::Status MemoryStore::Renew(int64_t session, absl::Duration ttl) {
  absl::MutexLock lock(&mutex_);
  if (!IsLive(session)) return absl::FailedPreconditionError("session has lapsed");
  expiries_[session] = Now() + ttl;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ports::HeldShard>> MemoryStore::Acquire(int64_t session) {
  absl::MutexLock lock(&mutex_);
  if (!IsLive(session)) return absl::FailedPreconditionError("session has lapsed");
  std::vector<ports::HeldShard> held;
  for (size_t i = 0; i < shards_.size(); ++i) {
    Shard& shard = shards_[i];
    if (!IsLive(shard.session)) shard = {.session = session, .epoch = shard.epoch + 1};
    if (shard.session == session)
      held.push_back({.shard = static_cast<int>(i), .epoch = shard.epoch});
  }
  std::erase_if(expiries_, [this](const auto& entry)
                               ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !IsLive(entry.first); });
  return held;
}

absl::Status MemoryStore::Close(int64_t session) {
  absl::MutexLock lock(&mutex_);
  for (Shard& shard : shards_) {
    if (shard.session == session) shard.session = 0;
  }
  expiries_.erase(session);
  return absl::OkStatus();
}

void MemoryStore::Subscribe(const ports::GroupKey& group, std::vector<int> types) {
  absl::MutexLock lock(&mutex_);
  state_.notifications.Put(group.group_id, {.id = domain::NotificationId(NextId(Now())),
                                            .group_id = group.group_id,
                                            .account_id = group.account_id,
                                            .types = std::move(types),
                                            .create_time = Now()});
  state_.undo.Forget();
}

void MemoryStore::Expire(int64_t session) {
  absl::MutexLock lock(&mutex_);
  if (const auto it = expiries_.find(session); it != expiries_.end())
    it->second = absl::InfinitePast();
}

absl::Time MemoryStore::Now() const {
  return absl::FromUnixMicros(absl::ToUnixMicros(clock_.Now()));
}

bool MemoryStore::IsLive(int64_t session) const {
  const auto it = expiries_.find(session);
  return it != expiries_.end() && it->second > Now();
}

}  // namespace accordion::testing
