// Placement: which subnet and instance type each new instance gets (semantics.md §7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "engine/domain/types.h"

namespace accordion::domain {

// The type of a pair that stands for all types of its subnet.
inline constexpr char kAnyType[] = "";

struct PlacementPair {
  SubnetId subnet_id;
  std::string instance_type;

  friend bool operator==(const PlacementPair&, const PlacementPair&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const PlacementPair& pair) {
    return H::combine(std::move(h), pair.subnet_id, pair.instance_type);
  }
};

// A subnet of the group, in the group's order.
struct SubnetFacts {
  SubnetId subnet_id;
  int members = 0;                    // of this group: members and unresolved intents
  std::optional<int> free_addresses;  // unknown: treated as having room
};

struct PlacementRequest {
  int count = 0;
  SubnetStrategy strategy = SubnetStrategy::kBalancedDistribution;
  std::vector<SubnetFacts> subnets;
  std::vector<std::string> instance_types;  // in order of preference
  absl::flat_hash_set<PlacementPair>
      resting;  // out of stock a short while ago, or tried by this activity already; a pair of
                // kAnyType closes its subnet
};

struct Placement {
  std::vector<PlacementPair> placed;  // one an instance, in launch order
  int shortfall = 0;                  // instances for which no pair was open
};

// Places `count` instances one by one: balanced to the open subnet with the fewest members (ties:
// list order), choice-first to the first open subnet. In a subnet, the first type whose pair isn't
// resting. A subnet without free addresses, or with all its pairs resting, is closed.
Placement Place(const PlacementRequest& request);

}  // namespace accordion::domain
