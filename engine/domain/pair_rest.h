// How long a (subnet, type) pair rests that the cloud had no stock of (semantics.md §7).
//
// A rest is an account's: stock is a matter of the region, but accounts are served differently, and
// one tenant's luck is no other's business. All groups of the account go by it. It ends by itself;
// what comes after it is a try like any other.
#pragma once

#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/domain/placement.h"

namespace accordion::domain {

struct PairRest {
  PlacementPair pair;  // of kAnyType: the whole subnet, which has no free address
  absl::Time since;    // when the cloud last refused it
  absl::Time until;    // from then on it may be tried
  int failures = 0;    // in a row, one a rest

  friend bool operator==(const PairRest&, const PairRest&) = default;
};

// The rest after a refusal at `now`: 60 s, doubling with each try that fails after a rest, to 30
// min. Refusals during a rest, of launches that were out already, lengthen nothing. A rest that
// ended long ago (kStockMemory) is forgotten.
PairRest RestAfterRefusal(const std::optional<PairRest>& before, const PlacementPair& pair,
                          absl::Time now);

// The pairs that rest at `now`, for PlacementRequest.
absl::flat_hash_set<PlacementPair> RestingPairs(absl::Span<const PairRest> rests, absl::Time now);

// When the first of the rests that hold at `now` ends, of those that stand in the way of `types`;
// nullopt if none does.
std::optional<absl::Time> FirstRestEnd(absl::Span<const PairRest> rests,
                                       absl::Span<const std::string> types, absl::Time now);

}  // namespace accordion::domain
