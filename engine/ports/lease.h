// Leases: which engine may work on which shard (reliability.md C1).
//
// A group belongs to shard hash(group id) mod 256. An engine holds shards through its session row:
// one renewal keeps them all. A lapsed session never comes back: the engine opens a new one and
// acquires again, with higher epochs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/domain/types.h"

namespace accordion::ports {

inline constexpr int kShardCount = 256;  // fixed for the life of a database
int ShardOf(const domain::GroupId& group);
// Where the work lies that is an account's and no group's.
int ShardOf(const domain::AccountId& account);

// What a fenced transaction proves: that `session` still holds `shard` with `epoch`.
struct Fence {
  int shard = 0;
  int64_t session = 0;
  int64_t epoch = 0;
};

struct HeldShard {
  int shard = 0;
  int64_t epoch = 0;
};

// Thread-safe. Times are the database's; no engine's clock takes part.
class LeaseStore {
 public:
  virtual ~LeaseStore() = default;

  // A new session that lives `ttl` from now.
  virtual absl::StatusOr<int64_t> OpenSession(absl::string_view engine, absl::Duration ttl) = 0;
  // Extends a live session. kFailedPrecondition if it has lapsed.
  virtual absl::Status Renew(int64_t session, absl::Duration ttl) = 0;
  // Takes every shard that no live session holds, raising its epoch; returns all that the session
  // now holds.
  virtual absl::StatusOr<std::vector<HeldShard>> Acquire(int64_t session) = 0;
  // Ends the session; its shards are free at once.
  virtual absl::Status Close(int64_t session) = 0;
};

}  // namespace accordion::ports
