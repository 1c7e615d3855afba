// Ownership: work on activities is committed under the shard's newest epoch alone (I-10), and what
// changes the cloud is sent within the lease (I-11).
#pragma once

#include <array>
#include <cstdint>

#include "tests/sim/checker.h"

namespace accordion::sim {

class FenceChecker final : public Checker {
 public:
  using Checker::Checker;

  void OnCommit(const CommitNotice& notice) override;
  // The store handed out these shards.
  void Acquired(const Actor& actor, absl::Span<const ports::HeldShard> held);
  // The place and life that a shard was last handed to.
  struct Owner {
    int engine = -1;
    uint64_t life = 0;
    int64_t epoch = 0;
  };
  const Owner& OwnerOf(int shard) const { return owners_[static_cast<size_t>(shard)]; }

 private:
  void Expect(const CommitNotice& notice, const domain::GroupId& group,
              const domain::AccountId& account);

  std::array<Owner, ports::kShardCount> owners_{};
};

}  // namespace accordion::sim
