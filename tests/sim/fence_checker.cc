#include "tests/sim/fence_checker.h"

#include "absl/strings/str_cat.h"

namespace accordion::sim {

void FenceChecker::Acquired(const Actor& actor, absl::Span<const ports::HeldShard> held) {
  for (const ports::HeldShard& shard : held) {
    Owner& owner = owners_[static_cast<size_t>(shard.shard)];
    if (shard.epoch <= owner.epoch) continue;
    // Taken over.
    if (owner.epoch > 0) verdict_.Looked(18, true);
    owner = {actor.engine, actor.life, shard.epoch};
  }
}

void FenceChecker::OnCommit(const CommitNotice& notice) {
  notice.state.open_activities.ForEachChange(
      [&](const auto&, const activity::Activity* before, const activity::Activity* after) {
        const activity::Activity& one = after != nullptr ? *after : *before;
        Expect(notice, one.group_id, one.account_id);
      });
  notice.state.intents.ForEachChange(
      [&](const auto&, const activity::LaunchIntent* before, const activity::LaunchIntent* after) {
        const activity::LaunchIntent& one = after != nullptr ? *after : *before;
        Expect(notice, one.group_id, one.account_id);
      });
}

void FenceChecker::Expect(const CommitNotice& notice, const domain::GroupId& group,
                          const domain::AccountId& account) {
  const ports::Fence* fence = notice.fence;
  const bool of_group = fence != nullptr && (fence->shard == ports::ShardOf(group) ||
                                             fence->shard == ports::ShardOf(account));
  const Owner owner = of_group ? OwnerOf(fence->shard) : Owner{};
  const bool changed_hands = owner.epoch > 1;
  verdict_.Expect(10, changed_hands,
                  of_group && fence->epoch == owner.epoch && notice.actor.engine == owner.engine &&
                      notice.actor.life == owner.life,
                  notice.at, [&] {
                    return absl::StrCat("engine ", notice.actor.engine, " worked on group ",
                                        group.value(), " with epoch ",
                                        fence == nullptr ? 0 : fence->epoch, "; the shard's is ",
                                        owner.epoch);
                  });
}

}  // namespace accordion::sim
