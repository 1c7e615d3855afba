// Rests of pairs of the in-memory store.
#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

namespace {

MemoryPairRestKey KeyOf(const domain::AccountId& account, const domain::PlacementPair& pair) {
  return {account, pair.subnet_id, pair.instance_type};
}

}  // namespace

absl::StatusOr<std::vector<domain::PairRest>> MemoryPairRests::Resting(
    const domain::AccountId& account, absl::Span<const domain::SubnetId> subnets, absl::Time now) {
  std::vector<domain::PairRest> resting;
  for (const auto& [key, rest] : state_.pair_rests.rows()) {
    if (std::get<0>(key) != account || rest.until <= now || subnets.empty()) continue;
    if (Admits(subnets, rest.pair.subnet_id)) resting.push_back(rest);
  }
  return resting;
}

absl::StatusOr<std::optional<domain::PairRest>> MemoryPairRests::Lock(
    const domain::AccountId& account, const domain::PlacementPair& pair) {
  RETURN_IF_ERROR(state_.RequireWritable());
  const domain::PairRest* rest = state_.pair_rests.Find(KeyOf(account, pair));
  if (rest == nullptr) return std::nullopt;
  return *rest;
}

absl::Status MemoryPairRests::Put(const domain::AccountId& account, const domain::PairRest& rest,
                                  absl::Time forget_before) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(account));
  state_.pair_rests.Put(KeyOf(account, rest.pair), rest);
  state_.pair_rests.EraseIf([&](const MemoryPairRestKey& key, const domain::PairRest& old) {
    return std::get<0>(key) == account && old.until < forget_before;
  });
  return absl::OkStatus();
}

absl::Status MemoryPairRests::Clear(const domain::AccountId& account,
                                    const domain::PlacementPair& pair, absl::Time sent_at) {
  RETURN_IF_ERROR(state_.RequireWritable());
  state_.pair_rests.EraseIf([&](const MemoryPairRestKey& key, const domain::PairRest& rest) {
    const bool of_pair =
        key == KeyOf(account, pair) || key == KeyOf(account, {pair.subnet_id, domain::kAnyType});
    return of_pair && rest.since < sent_at;
  });
  return absl::OkStatus();
}

}  // namespace accordion::testing
