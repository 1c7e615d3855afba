#include "engine/domain/pair_rest.h"

#include <algorithm>
#include <cstdint>

#include "engine/domain/limits.h"

namespace accordion::domain {

PairRest RestAfterRefusal(const std::optional<PairRest>& before, const PlacementPair& pair,
                          absl::Time now) {
  constexpr int kMaxDoublings = 20;  // keeps the product finite; the longest rest comes long before
  const bool known = before.has_value() && now < before->until + kStockMemory;
  PairRest rest = known ? *before : PairRest{.pair = pair, .since = now, .until = now};
  rest.since = std::max(rest.since, now);
  if (known && now < rest.until) return rest;
  const int doublings = std::min(rest.failures, kMaxDoublings);
  rest.until = now + std::min(kStockBackoffMax, kStockBackoffMin * (int64_t{1} << doublings));
  ++rest.failures;
  return rest;
}

absl::flat_hash_set<PlacementPair> RestingPairs(absl::Span<const PairRest> rests, absl::Time now) {
  absl::flat_hash_set<PlacementPair> resting;
  for (const PairRest& rest : rests) {
    if (now < rest.until) resting.insert(rest.pair);
  }
  return resting;
}

std::optional<absl::Time> FirstRestEnd(absl::Span<const PairRest> rests,
                                       absl::Span<const std::string> types, absl::Time now) {
  std::optional<absl::Time> first;
  for (const PairRest& rest : rests) {
    const std::string& type = rest.pair.instance_type;
    const bool in_the_way =
        type == kAnyType || std::find(types.begin(), types.end(), type) != types.end();
    if (!in_the_way || now >= rest.until) continue;
    first = std::min(first.value_or(rest.until), rest.until);
  }
  return first;
}

}  // namespace accordion::domain
