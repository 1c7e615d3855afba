#include "tests/sim/launch_checker.h"

#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

// Members that are being let go: still here, and their user's already (semantics.md §7).
int Detaching(const GroupTruth& group) {
  int count = 0;
  for (const auto& [id, member] : group.members) {
    if (member.life_cycle == domain::LifeCycle::kDetaching) ++count;
  }
  return count;
}

}  // namespace

using activity::IntentState;

// A fresh intent of a slot may only follow one whose outcome is known (I-8).
void LaunchChecker::BeforeCommit(const CommitNotice& notice) {
  notice.state.intents.ForEachChange(
      [&](const auto&, const activity::LaunchIntent* before, const activity::LaunchIntent* after) {
        if (before != nullptr || after == nullptr) return;
        bool follows = false;
        for (const std::string& id : truth_.Group(after->group_id.value()).unresolved) {
          const activity::LaunchIntent& other = truth_.Intent(id)->row;
          if (other.activity_id != after->activity_id || other.slot != after->slot) continue;
          follows = true;
          // It must be resolved by this very transaction.
          const activity::LaunchIntent* now = notice.state.intents.Find(other.id);
          verdict_.Expect(8, true, now != nullptr && !IsUnresolved(now->state), notice.at, [&] {
            return absl::StrCat("intent ", after->id.value(), " replaces ", id, ", which is still ",
                                activity::IntentStateName(now->state));
          });
        }
        verdict_.Looked(8, follows);
      });
}

void LaunchChecker::OnCommit(const CommitNotice& notice) {
  notice.state.intents.ForEachChange(
      [&](const auto&, const activity::LaunchIntent* before, const activity::LaunchIntent* after) {
        if (after == nullptr) return;
        const auto* open = notice.state.open_activities.Find(after->group_id);
        const bool may_wait = open != nullptr && open->type == domain::ActivityType::kReplace;
        const bool is_sent = after->state == IntentState::kSent &&
                             (before == nullptr || before->state == IntentState::kPrepared);
        // At max size a successor is prepared with the plan, and sent once the old one has left:
        // until then it can't arrive.
        if (may_wait ? is_sent : before == nullptr) Planned(*after, notice.at);
      });
}

std::string LaunchChecker::Words(const GroupTruth& group,
                                 const activity::LaunchIntent& planned) const {
  std::string words = absl::StrCat("planned ", planned.id.value(), " of activity ",
                                   planned.activity_id.value(), " slot ", planned.slot);
  for (const std::string& id : group.unresolved) {
    const activity::LaunchIntent& one = truth_.Intent(id)->row;
    absl::StrAppend(&words, "; ", id, " ", activity::IntentStateName(one.state), " of activity ",
                    one.activity_id.value(), " slot ", one.slot);
  }
  return words;
}

// What may exist must fit: unclosed members and launches that may still come.
void LaunchChecker::Planned(const activity::LaunchIntent& intent, absl::Time at) {
  const GroupTruth& group = truth_.Group(intent.group_id.value());
  if (!group.row.has_value()) return;
  const int possible =
      static_cast<int>(group.members.size() + group.unresolved.size()) - Detaching(group);
  // An attempt that follows another in one activity was planned with it.
  const int bound = truth_.Intent(intent.id.value())->bound;
  verdict_.Expect(1, possible >= bound, possible <= bound, at, [&] {
    return absl::StrCat("group ", group.id, ": ", group.members.size(), " members and ",
                        group.unresolved.size(), " launches that may come, max size ", bound, "; ",
                        Words(group, intent));
  });
}

void LaunchChecker::BeforeCall(const cloudsim::CallRecord& record) {
  if (record.call.action != "RunInstances" || record.call.service == "admin") return;
  const IntentTruth* intent = truth_.Intent(record.call.digest);
  verdict_.Expect(7, true, intent != nullptr && intent->was_sent, record.executed_at, [&] {
    return absl::StrCat("RunInstances with marker '", record.call.digest,
                        "' arrived, but no SENT intent is committed");
  });
  if (intent == nullptr) return;
  verdict_.Expect(8, intent->arrivals > 0 || intent->row.state == IntentState::kUnknown,
                  intent->arrivals == 0, record.executed_at,
                  [&] { return absl::StrCat("intent ", record.call.digest, " was sent again"); });
}

void LaunchChecker::OnCall(const cloudsim::CallRecord& record) {
  if (record.call.action != "RunInstances" || record.call.service == "admin" ||
      record.phase != cloudsim::CallPhase::kExecuted) {
    return;
  }
  const IntentTruth* intent = truth_.Intent(record.call.digest);
  if (intent == nullptr) return;
  verdict_.Expect(7, true, intent->executions <= 1, record.executed_at, [&] {
    return absl::StrCat("intent ", record.call.digest, " was executed twice");
  });
  const GroupTruth& group = truth_.Group(intent->row.group_id.value());
  const int living = group.living - Detaching(group);
  verdict_.Expect(1, living >= intent->bound, living <= intent->bound, record.executed_at, [&] {
    return absl::StrCat("group ", group.id, ": ", living, " instances live in the cloud, max size ",
                        intent->bound);
  });
}

void LaunchChecker::AtRest(absl::Time now) {
  for (const auto& [id, instance] : truth_.instances()) {
    if (instance.group == 0 || !instance.lives || instance.let_go) continue;
    const GroupTruth& group = truth_.Group(instance.group);
    const IntentTruth* intent = truth_.Intent(instance.intent);

    verdict_.Expect(6, true, group.members.count(id) != 0, now, [&] {
      return absl::StrCat(
          "instance ", id, " of group ", group.id,
          " lives, is no member, and was not let go; intent ", instance.intent, " is ",
          intent == nullptr ? "unknown" : activity::IntentStateName(intent->row.state));
    });
  }
}

}  // namespace accordion::sim
