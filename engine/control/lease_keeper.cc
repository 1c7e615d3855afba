#include "engine/control/lease_keeper.h"

#include <utility>

#include "base/log.h"

namespace accordion::control {

LeaseKeeper::LeaseKeeper(Parts parts, Settings settings)
    : parts_(parts), settings_(std::move(settings)), epochs_(ports::kShardCount, 0) {}

void LeaseKeeper::Start(std::function<void(const std::vector<int>&)> on_acquired) {
  on_acquired_ = std::move(on_acquired);
  ScheduleTick(absl::ZeroDuration());
}

void LeaseKeeper::Stop() {
  int64_t session = 0;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    session = std::exchange(session_, 0);
    epochs_.assign(ports::kShardCount, 0);
  }
  if (session == 0) return;
  const absl::Status closed = parts_.leases.Close(session);
  if (!closed.ok())
    base::LogWarning("session was not closed; its shards are free after the TTL",
                     {{"error", closed.ToString()}});
}

void LeaseKeeper::ScheduleTick(absl::Duration delay) {
  parts_.executor.SubmitAt(ports::Lane::kLease, parts_.clock.Now() + delay, [this] { Tick(); });
}

void LeaseKeeper::Tick() {
  int64_t session = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    session = session_;
  }
  if (session == 0) {
    Acquire();
    return;
  }
  const absl::Duration sent = parts_.clock.BootTime();
  const absl::Status renewed = parts_.leases.Renew(session, settings_.lease_ttl);
  if (renewed.ok()) {
    {
      absl::MutexLock lock(&mutex_);
      if (session_ == session) deadline_ = sent + settings_.lease_ttl - settings_.lease_margin;
    }
    // Shards that another engine gave up are taken on the way.
    Acquire();
    return;
  }
  if (absl::IsFailedPrecondition(renewed)) {
    base::LogWarning("the session lapsed; acquiring anew", {{"session", absl::StrCat(session)}});
    Lose();
    ScheduleTick(absl::ZeroDuration());
    return;
  }
  parts_.telemetry.StoreRetry("lease");
  base::LogWarning("renewal failed; trying again", {{"error", renewed.ToString()}});
  ScheduleTick(settings_.store_retry);
}

void LeaseKeeper::Acquire() {
  int64_t session = 0;
  {
    absl::MutexLock lock(&mutex_);
    session = session_;
  }
  if (session == 0) {
    const absl::Duration sent = parts_.clock.BootTime();
    const absl::StatusOr<int64_t> opened =
        parts_.leases.OpenSession(settings_.engine_name, settings_.lease_ttl);
    if (!opened.ok()) {
      parts_.telemetry.StoreRetry("lease");
      ScheduleTick(settings_.store_retry);
      return;
    }
    session = *opened;
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    session_ = session;
    deadline_ = sent + settings_.lease_ttl - settings_.lease_margin;
  }
  const absl::StatusOr<std::vector<ports::HeldShard>> held = parts_.leases.Acquire(session);
  std::vector<int> fresh;
  bool all = false;
  if (held.ok()) {
    absl::MutexLock lock(&mutex_);
    if (stopped_ || session_ != session) return;
    for (const ports::HeldShard& shard : *held) {
      int64_t& epoch = epochs_[static_cast<size_t>(shard.shard)];
      if (epoch != shard.epoch) fresh.push_back(shard.shard);
      epoch = shard.epoch;
    }
    all = held->size() == ports::kShardCount;
    parts_.telemetry.LeaseState(true, static_cast<int>(held->size()));
  } else {
    parts_.telemetry.StoreRetry("lease");
  }
  // Until all shards are ours a predecessor's session is running out: look again soon.
  ScheduleTick(all ? settings_.lease_ttl / 4
                   : std::min(settings_.lease_ttl / 4, absl::Milliseconds(250)));
  if (fresh.empty()) return;
  base::LogInfo("shards acquired",
                {{"session", absl::StrCat(session)}, {"shards", absl::StrCat(fresh.size())}});
  on_acquired_(fresh);
}

void LeaseKeeper::Lose() {
  absl::MutexLock lock(&mutex_);
  session_ = 0;
  epochs_.assign(ports::kShardCount, 0);
  parts_.telemetry.LeaseState(false, 0);
}

std::optional<ports::Fence> LeaseKeeper::FenceFor(const domain::GroupId& group) const {
  return FenceOf(ports::ShardOf(group));
}

std::optional<ports::Fence> LeaseKeeper::FenceFor(const domain::AccountId& account) const {
  return FenceOf(ports::ShardOf(account));
}

std::optional<ports::Fence> LeaseKeeper::FenceOf(int shard) const {
  absl::MutexLock lock(&mutex_);
  const int64_t epoch = epochs_[static_cast<size_t>(shard)];
  if (session_ == 0 || epoch == 0) return std::nullopt;
  return ports::Fence{.shard = shard, .session = session_, .epoch = epoch};
}

std::vector<int> LeaseKeeper::Shards() const {
  absl::MutexLock lock(&mutex_);
  std::vector<int> shards;
  for (int shard = 0; shard < ports::kShardCount; ++shard) {
    if (epochs_[static_cast<size_t>(shard)] != 0) shards.push_back(shard);
  }
  return shards;
}

bool LeaseKeeper::MaySend(absl::Duration call_timeout) const {
  const absl::Duration now = parts_.clock.BootTime();
  absl::MutexLock lock(&mutex_);
  return session_ != 0 && now + call_timeout <= deadline_;
}

bool LeaseKeeper::Held() const {
  const absl::Duration now = parts_.clock.BootTime();
  absl::MutexLock lock(&mutex_);
  return session_ != 0 && now <= deadline_;
}

}  // namespace accordion::control
