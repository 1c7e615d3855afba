#include "tests/sim/removal_checker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

using domain::LifeCycle;

// Two complete lists without it lie at least this far apart (I-20).
constexpr absl::Duration kAbsence = absl::Seconds(60);
// The store's clock has microseconds, the cloud's nanoseconds.
constexpr absl::Duration kClockGrain = absl::Milliseconds(1);
// Orphans of one account that may be ended within the span (I-5).
constexpr size_t kMaxOrphans = 10;
constexpr absl::Duration kOrphanSpan = absl::Minutes(10);

bool HasProtected(const GroupTruth& group) {
  return std::any_of(group.members.begin(), group.members.end(),
                     [](const auto& one) { return one.second.is_protected; });
}

int HealthyInService(const GroupTruth& group) {
  return static_cast<int>(
      std::count_if(group.members.begin(), group.members.end(), [](const auto& one) {
        return one.second.life_cycle == LifeCycle::kInService &&
               one.second.health == domain::Health::kHealthy;
      }));
}

}  // namespace

void RemovalChecker::OnCommit(const CommitNotice& notice) {
  notice.state.members.ForEachChange(
      [&](const auto&, const domain::Member* before, const domain::Member* after) {
        if (before == nullptr || before->life_cycle == LifeCycle::kClosed) return;
        if (after == nullptr || after->life_cycle == LifeCycle::kClosed) {
          Closed(notice, *before);
        } else if (before->life_cycle == LifeCycle::kInService && !notice.actor.is_request &&
                   !after->activity_id.has_value() && after->life_cycle != before->life_cycle) {
          DeclaredGone(notice, *after);
        } else if (before->life_cycle == LifeCycle::kInService &&
                   (after->life_cycle == LifeCycle::kTerminating ||
                    after->life_cycle == LifeCycle::kDetaching)) {
          Picked(notice, *before, *after);
        }
      });
}

void RemovalChecker::Picked(const CommitNotice& notice, const domain::Member& before,
                            const domain::Member& after) {
  const GroupTruth& group = truth_.Group(after.group_id.value());
  const std::string& id = after.instance_id.value();
  verdict_.Expect(3, HasProtected(group), !before.is_protected, notice.at, [&] {
    return absl::StrCat("the protected member ", id, " of group ", group.id, " was picked");
  });
  if (!group.row.has_value()) return;
  const activity::Activity* open = notice.state.open_activities.Find(after.group_id);
  if (notice.actor.is_request) {
    verdict_.Expect(2, true, group.row->desired_capacity >= group.row->min_size, notice.at, [&] {
      return absl::StrCat("a detach left group ", group.id, " below its min size");
    });
  } else if (open != nullptr && open->type == domain::ActivityType::kReplace) {
    PickedByReplacement(notice, *open, group);
  } else if (open != nullptr && open->type == domain::ActivityType::kScaleIn &&
             before.health == domain::Health::kHealthy) {
    const int left = HealthyInService(group);
    verdict_.Expect(2, left <= group.row->min_size + 1, left >= group.row->min_size, notice.at,
                    [&] {
                      return absl::StrCat("a scale-in left group ", group.id, " with ", left,
                                          " in service, min size ", group.row->min_size);
                    });
  }
}

void RemovalChecker::PickedByReplacement(const CommitNotice& notice, const activity::Activity& open,
                                         const GroupTruth& group) {
  const int picks = ++replaced_[open.id.value()];
  const auto left = std::count_if(group.members.begin(), group.members.end(), [](const auto& one) {
    return one.second.life_cycle == LifeCycle::kInService;
  });
  const int served = static_cast<int>(left) + picks;
  const int cap = std::max(1, (served + 3) / 4);
  verdict_.Expect(5, true, picks <= cap, notice.at, [&] {
    return absl::StrCat("activity ", open.id.value(), " replaces ", picks, " of ", served,
                        " members in service");
  });
}

// One that no member, no open activity and no unresolved launch accounts for.
void RemovalChecker::OrphanEnded(const cloudsim::CallRecord& record, const InstanceTruth& one) {
  std::deque<absl::Time>& ended = orphans_ended_[record.call.account_id];
  ended.push_back(record.executed_at);
  while (ended.front() < record.executed_at - kOrphanSpan) ended.pop_front();
  verdict_.Expect(5, true, ended.size() <= kMaxOrphans, record.executed_at, [&] {
    return absl::StrCat(ended.size(), " orphans of account ", record.call.account_id,
                        " were ended in a row, the last one ", one.id);
  });
}

void RemovalChecker::Closed(const CommitNotice& notice, const domain::Member& before) {
  const InstanceTruth* one = truth_.Instance(before.instance_id.value());
  const bool lives = one != nullptr && one->lives;
  if (before.life_cycle == LifeCycle::kTerminating) {
    verdict_.Expect(12, true, !lives || before.creation_type == domain::CreationType::kManual,
                    notice.at, [&] {
                      return absl::StrCat("member ", before.instance_id.value(),
                                          " was closed while its instance lives");
                    });
  } else if (before.life_cycle == LifeCycle::kInService) {
    DeclaredGone(notice, before);
  }
}

// By nobody's wish: the lists say that its instance is no more.
void RemovalChecker::DeclaredGone(const CommitNotice& notice, const domain::Member& member) {
  const InstanceTruth* one = truth_.Instance(member.instance_id.value());
  const bool lives = one != nullptr && one->lives;
  verdict_.Expect(20, true, !lives, notice.at, [&] {
    return absl::StrCat("member ", member.instance_id.value(), " was declared gone, but it lives");
  });
  if (one == nullptr) return;
  const std::vector<absl::Time> lists =
      truth_.ListsSince(member.account_id.value(), one->listed_at);
  verdict_.Expect(
      20, true, lists.size() >= 2 && lists.back() - lists.front() >= kAbsence - kClockGrain,
      notice.at, [&] {
        return absl::StrCat("member ", member.instance_id.value(), " was declared gone after ",
                            lists.size(), " lists without it");
      });
}

void RemovalChecker::BeforeCall(const cloudsim::CallRecord& record) {
  if (record.call.action != "TerminateInstances" || record.call.service == "admin" ||
      record.phase != cloudsim::CallPhase::kExecuted) {
    return;
  }
  for (const cloudsim::CallEffect& effect : record.effects) {
    const InstanceTruth* one = truth_.Instance(effect.instance_id);
    if (one != nullptr && effect.ok) Terminated(record, *one);
  }
}

void RemovalChecker::Terminated(const cloudsim::CallRecord& record, const InstanceTruth& one) {
  const domain::Member* member = truth_.MemberOf(one.id);
  const absl::Time at = record.executed_at;
  const bool ours = !one.intent.empty() && truth_.Intent(one.intent) != nullptr && !one.let_go;
  const bool picked = member == nullptr || (member->life_cycle == LifeCycle::kTerminating &&
                                            member->creation_type == domain::CreationType::kAuto);
  verdict_.Expect(4, true, ours && picked, at, [&] {
    return absl::StrCat("instance ", one.id, " was terminated, but it is ",
                        !ours ? "not ours" : "a member that nobody picked");
  });
  const IntentTruth* intent = truth_.Intent(one.intent);
  if (member == nullptr && intent != nullptr && one.lives && !IsUnresolved(intent->row.state) &&
      truth_.Group(one.group).open != intent->row.activity_id) {
    OrphanEnded(record, one);
  }
  // A launch that never came to serve is undone, protected or not.
  if (member != nullptr && member->in_service_at.has_value()) {
    const GroupTruth& group = truth_.Group(member->group_id.value());
    verdict_.Expect(3, HasProtected(group), !member->is_protected, at, [&] {
      return absl::StrCat("the protected member ", one.id, " was terminated");
    });
  }
  if (!one.lives) return;
  const bool served = member != nullptr && member->in_service_at.has_value();
  const bool was_registered = one.deregistered_at > absl::InfinitePast();
  verdict_.Expect(12, was_registered, one.registrations.empty(), at, [&] {
    return absl::StrCat("instance ", one.id, " was terminated while it is registered");
  });
  verdict_.Expect(12, was_registered,
                  !was_registered || !served || at - one.deregistered_at >= drain_ - kClockGrain,
                  at,
                  [&] { return absl::StrCat("instance ", one.id, " was terminated undrained"); });
}

}  // namespace accordion::sim
