// What one sweep of an account found, for those who judge it (account_sweep.h).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "engine/activity/event.h"
#include "engine/domain/member.h"
#include "engine/domain/types.h"

namespace accordion::control {

// A complete, error-free list of the account's instances.
//
// `members` are older than the list, so a member that the list misses was one before it was made.
// Who asks the other way about (is this instance nobody's?) reads the store again, after the list.
struct AccountSnapshot {
  domain::AccountId account;
  absl::Time listed_at;                 // when the list was asked for; the store's clock
  absl::Time whole_at;                  // when its last page had come
  std::vector<domain::Member> members;  // unclosed ones, of every shard
  std::vector<activity::ObservedInstance> instances;
  std::vector<int64_t> projects;  // that were listed
};

}  // namespace accordion::control
