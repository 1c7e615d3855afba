// The rows that interleaved scripts play with, the same in every store, and what two transactions
// may do to them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/ports/lease.h"
#include "engine/ports/store.h"

namespace accordion::testing {

// One account's: `group` with members i-1 and i-2, a prepared intent and a task that is due;
// `busy`, whose activity is open with one slot; `empty`, without members. Where asked for, a lease
// holds all shards.
struct InterleavingWorld {
  ports::Store& store;
  ports::LeaseStore& leases;
  std::function<void(int64_t session)> expire;

  domain::AccountId account;
  domain::ConfigurationId configuration;
  ports::GroupKey group, busy, empty;
  domain::ActivityId open;     // of `busy`
  domain::ActivityId made[2];  // what session 0 and 1 would open
  domain::ConfigurationId copied[2];
  domain::TaskId task;
  domain::IntentId intent;
  std::string token, event[2];
  ports::Fence fence;  // of `group`'s shard

  // Makes an account of its own, and everything in it. `name` makes the ids of what has no number.
  static InterleavingWorld Make(ports::Store& store, ports::LeaseStore& leases,
                                std::function<void(int64_t)> expire, const std::string& name,
                                bool with_lease);
  // All that the scripts can change, in words that are the same in every store.
  std::string Describe() const;
};

// One call, or a few that are one statement to the story. `who`: 0 or 1, the session.
struct Operation {
  std::function<absl::Status(InterleavingWorld&, ports::Tx&, int who)> run;
};

// One transaction of a session.
struct Program {
  enum class Kind {
    kWrite,
    kFenced,    // under the world's fence
    kRead,      // a snapshot
    kTakeOver,  // no transaction: the lease lapses, and another engine takes the shards
  };
  const char* name;
  Kind kind = Kind::kWrite;
  std::vector<Operation> operations;
};

const std::vector<Program>& Programs();

}  // namespace accordion::testing
