#include "tests/sim/activity_checker.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace accordion::sim {

namespace {

// Provisioning included.
constexpr absl::Duration kTimeToConverge = absl::Minutes(20);

// Of one member in service.
size_t Registrations(const domain::ScalingGroup& group) {
  size_t count = 0;
  for (const domain::SlbConfig& slb : group.slb_configs) count += slb.ports.size();
  return count;
}

}  // namespace

using activity::Activity;
using domain::ActivityStatus;

void ActivityChecker::OnCommit(const CommitNotice& notice) {
  notice.state.open_activities.ForEachChange(
      [&](const domain::GroupId& group, const Activity* before, const Activity* after) {
        if (before != nullptr && after != nullptr) {
          verdict_.Expect(13, true, before->id == after->id, notice.at, [&] {
            return absl::StrCat("group ", group.value(), ": activity ", after->id.value(),
                                " opened over ", before->id.value());
          });
        }
        if (before != nullptr && after == nullptr) {
          const bool ended = notice.state.history.Find(before->id) != nullptr;
          verdict_.Expect(13, true, ended, notice.at, [&] {
            return absl::StrCat("activity ", before->id.value(), " vanished without an end");
          });
        }
      });
  notice.state.history.ForEachChange(
      [&](const domain::ActivityId& id, const Activity* before, const Activity* after) {
        verdict_.Expect(13, true, before == nullptr, notice.at, [&] {
          return absl::StrCat("the ended activity ", id.value(), " was changed");
        });
        if (before == nullptr && after != nullptr) Ended(notice, *after);
      });
  notice.state.groups.ForEachChange([&](const auto&, const testing::MemoryGroupRow* before,
                                        const testing::MemoryGroupRow* after) {
    if (before == nullptr || after == nullptr) return;
    const domain::ScalingGroup& now = after->group;
    if (now.desired_capacity != before->group.desired_capacity &&
        now.desired_cause.kind == domain::TriggerKind::kPolicy) {
      PolicyActed(notice, before->group, now);
    }
  });
}

void ActivityChecker::Ended(const CommitNotice& notice, const Activity& ended) {
  const bool terminal = ended.status != ActivityStatus::kRunning && ended.end_time.has_value();
  verdict_.Expect(13, true, terminal, notice.at, [&] {
    return absl::StrCat("activity ", ended.id.value(), " ended without an end");
  });
  if (!terminal || ended.succeeded.empty()) return;
  // Only what changed capacity starts a cooldown, from its end.
  GroupTruth& group = truth_.Group(ended.group_id.value());
  group.blocked_until = std::max(group.blocked_until, *ended.end_time + ended.cause.cooldown);
}

void ActivityChecker::PolicyActed(const CommitNotice& notice, const domain::ScalingGroup& before,
                                  const domain::ScalingGroup& after) {
  const GroupTruth& group = truth_.Group(after.id.value());
  verdict_.Expect(14, group.blocked_until > absl::InfinitePast(),
                  notice.state.now >= group.blocked_until, notice.at, [&] {
                    return absl::StrCat("group ", group.id, ": a policy changed desired from ",
                                        before.desired_capacity, " to ", after.desired_capacity,
                                        " in a cooldown until ",
                                        absl::FormatTime(group.blocked_until));
                  });
}

std::string ActivityChecker::Unrest(const GroupTruth& group) const {
  std::vector<std::string> wrong;
  if (!group.row.has_value()) return "";
  const bool active = group.row->status == domain::GroupStatus::kActive;
  int in_service = 0;
  int idle_protected = 0;
  for (const auto& [id, member] : group.members) {
    if (member.life_cycle == domain::LifeCycle::kInService) ++in_service;
    const InstanceTruth* instance = truth_.Instance(id);
    if (instance == nullptr || !instance->lives) {
      wrong.push_back(absl::StrCat(id, " is dead"));
    } else if (member.life_cycle == domain::LifeCycle::kInService &&
               !IsRegistered(*group.row, *instance)) {
      wrong.push_back(absl::StrCat(id, " has ", instance->registrations.size(),
                                   " registrations, and should have ", Registrations(*group.row)));
    }
    if (member.is_protected) ++idle_protected;
    if (member.activity_id.has_value()) wrong.push_back(absl::StrCat(id, " is held"));
  }
  if (group.open.has_value())
    wrong.push_back(absl::StrCat("activity ", group.open->value(), " is open"));
  if (!group.unresolved.empty()) wrong.push_back("an intent is unresolved");
  const int members = static_cast<int>(group.members.size());
  const int desired = group.row->desired_capacity;
  const bool surplus_is_protected = members > desired && idle_protected >= members - desired;
  if (active && members != desired && !surplus_is_protected) {
    wrong.push_back(absl::StrCat(members, " members, desired ", desired));
  }
  if (active && in_service != members) {
    for (const auto& [id, member] : group.members) {
      if (member.life_cycle == domain::LifeCycle::kInService) continue;
      // An attach waits for an instance that runs.
      const InstanceTruth* instance = truth_.Instance(id);
      if (member.life_cycle == domain::LifeCycle::kAttaching && instance != nullptr &&
          instance->stopped) {
        continue;
      }
      wrong.push_back(absl::StrCat(id, " is in life cycle ", static_cast<int>(member.life_cycle)));
    }
  }
  return absl::StrJoin(wrong, "; ");
}

// A registration that is sent after a pause may be one too many: nothing fences it (docs). It goes
// with its instance.
bool ActivityChecker::IsRegistered(const domain::ScalingGroup& group,
                                   const InstanceTruth& instance) const {
  const size_t wanted = Registrations(group);
  const size_t has = instance.registrations.size();
  return has == wanted || (has > wanted && faults_.Struck(Fault::kPause) > 0);
}

void ActivityChecker::AtRest(absl::Time now) {
  for (const auto& [id, group] : truth_.groups()) {
    // Tasks and policies go on.
    if (now - group.edited_at < kTimeToConverge) continue;
    const std::string unrest = Unrest(group);
    const auto words = [&] { return absl::StrCat("group ", group.id, " does not rest: ", unrest); };
    verdict_.Expect(25, group.row.has_value(), unrest.empty(), now, words);
    const bool hints_lost =
        faults_.Struck(Fault::kDroppedHint) + faults_.Struck(Fault::kFullLane) > 0;
    verdict_.Expect(24, group.row.has_value() && hints_lost, unrest.empty(), now, words);
  }
}

}  // namespace accordion::sim
