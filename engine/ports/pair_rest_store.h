// Rests of (subnet, type) pairs that were out of stock, in the store (domain/pair_rest.h).
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/pair_rest.h"

namespace accordion::ports {

class PairRestStore {
 public:
  virtual ~PairRestStore() = default;

  // The account's rests in the subnets that end after `now`, ordered by subnet and type.
  virtual absl::StatusOr<std::vector<domain::PairRest>> Resting(
      const domain::AccountId& account, absl::Span<const domain::SubnetId> subnets,
      absl::Time now) = 0;
  // Holds the row; nullopt if there is none, and then nothing is held: of two that put a first row
  // at once, the later's stays.
  virtual absl::StatusOr<std::optional<domain::PairRest>> Lock(
      const domain::AccountId& account, const domain::PlacementPair& pair) = 0;
  // Inserts or replaces, and forgets the account's rests that ended before `forget_before`.
  virtual absl::Status Put(const domain::AccountId& account, const domain::PairRest& rest,
                           absl::Time forget_before) = 0;
  // A launch that was sent at `sent_at` was taken at `pair`: its rest, and its whole subnet's, go
  // if they began before that.
  virtual absl::Status Clear(const domain::AccountId& account, const domain::PlacementPair& pair,
                             absl::Time sent_at) = 0;
};

}  // namespace accordion::ports
