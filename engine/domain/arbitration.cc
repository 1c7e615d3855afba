#include "engine/domain/arbitration.h"

#include <algorithm>
#include <optional>

#include "engine/domain/cooldown.h"

namespace accordion::domain {
namespace {

enum class Direction { kAbstains, kLower, kHold, kRaise };

// A firing with what it would make of the group.
struct Vote {
  Direction direction = Direction::kAbstains;
  AdjustedCapacity capacity;
};

// A protected surplus is capacity that is there already: raises count from the members, so that
// they add to it.
int Base(const GroupSituation& situation) {
  return std::max(situation.group.desired_capacity, situation.members);
}

Direction DirectionOf(const Adjustment& adjustment, int desired) {
  if (LowersCapacity(adjustment, desired)) return Direction::kLower;
  if (adjustment.type == AdjustmentType::kTotalCapacity) {
    return adjustment.value == desired ? Direction::kHold : Direction::kRaise;
  }
  return adjustment.value == 0 ? Direction::kAbstains : Direction::kRaise;
}

Vote VoteOf(const Adjustment& adjustment, const GroupSituation& situation) {
  const ScalingGroup& group = situation.group;
  Vote vote;
  vote.direction = DirectionOf(adjustment, group.desired_capacity);
  const int base = vote.direction == Direction::kRaise ? Base(situation) : group.desired_capacity;
  vote.capacity = Adjust(base, adjustment, {group.min_size, group.max_size});
  return vote;
}

// Why no policy of the group may act now, whatever it wants.
std::optional<DecisionReason> GroupRests(const GroupSituation& situation) {
  if (situation.group.status == GroupStatus::kUnActive) return DecisionReason::kGroupDisabled;
  if (situation.activity_open) return DecisionReason::kActivityInProgress;
  if (InCooldown(situation.group, situation.now)) return DecisionReason::kInCooldown;
  return std::nullopt;
}

// The outcome if the policy were the only one that fires.
DecisionReason Alone(const Vote& vote, const GroupSituation& situation) {
  const int desired = situation.group.desired_capacity;
  switch (vote.direction) {
    case Direction::kAbstains:
    case Direction::kHold:
      break;
    case Direction::kRaise:
      if (desired > situation.members) return DecisionReason::kCapacityPending;
      if (vote.capacity.desired <= desired) return DecisionReason::kAlreadyAtMaxCapacity;
      return DecisionReason::kActed;
    case Direction::kLower:
      if (situation.replacing) return DecisionReason::kActivityInProgress;
      if (situation.members > desired) return DecisionReason::kSurplusPending;
      if (vote.capacity.desired >= desired) return DecisionReason::kAlreadyAtMinCapacity;
      return DecisionReason::kActed;
  }
  return DecisionReason::kNoChange;
}

bool Beats(const Decision& a, int a_capacity, const Decision& b, int b_capacity) {
  if (a_capacity != b_capacity) return a_capacity > b_capacity;
  return a.firing.policy.id < b.firing.policy.id;
}

}  // namespace

const char* DecisionReasonName(DecisionReason reason) {
  switch (reason) {
    case DecisionReason::kActed:
      return "Acted";
    case DecisionReason::kGroupDisabled:
      return "GroupDisabled";
    case DecisionReason::kInCooldown:
      return "InCooldown";
    case DecisionReason::kActivityInProgress:
      return "ScalingActivityInProgress";
    case DecisionReason::kAlreadyAtMaxCapacity:
      return "AlreadyAtMaxCapacity";
    case DecisionReason::kAlreadyAtMinCapacity:
      return "AlreadyAtMinCapacity";
    case DecisionReason::kNoChange:
      return "NoChange";
    case DecisionReason::kCapacityPending:
      return "CapacityPending";
    case DecisionReason::kSurplusPending:
      return "SurplusPending";
    case DecisionReason::kOutvoted:
      break;
  }
  return "Outvoted";
}

std::vector<Decision> Arbitrate(absl::Span<const Firing> firings, const GroupSituation& situation) {
  const std::optional<DecisionReason> rests = GroupRests(situation);
  std::vector<Vote> votes;
  std::vector<Decision> decisions;
  // Somebody wants no less than there is, so reductions lose, even if that one can't act itself: a
  // group at max size must not shrink because another dimension is calm.
  bool keeps_capacity = false;
  for (const Firing& firing : firings) {
    const Vote vote = VoteOf(firing.policy.adjustment, situation);
    const int desired = situation.group.desired_capacity;
    decisions.push_back({.firing = firing,
                         .reason = rests.value_or(Alone(vote, situation)),
                         .desired_before = desired,
                         .desired_wanted = vote.capacity.wanted,
                         .desired_after = desired});
    keeps_capacity |= vote.direction == Direction::kHold || vote.direction == Direction::kRaise;
    votes.push_back(vote);
  }

  std::optional<size_t> winner;
  for (size_t i = 0; i < decisions.size(); ++i) {
    if (decisions[i].reason != DecisionReason::kActed) continue;
    decisions[i].reason = DecisionReason::kOutvoted;
    if (keeps_capacity && votes[i].direction == Direction::kLower) continue;
    if (!winner.has_value() || Beats(decisions[i], votes[i].capacity.desired, decisions[*winner],
                                     votes[*winner].capacity.desired)) {
      winner = i;
    }
  }
  if (winner.has_value()) {
    decisions[*winner].reason = DecisionReason::kActed;
    decisions[*winner].desired_after = votes[*winner].capacity.desired;
  }
  return decisions;
}

}  // namespace accordion::domain
