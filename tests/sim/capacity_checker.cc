#include "tests/sim/capacity_checker.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

using domain::TriggerKind;

bool PolicyActed(const testing::MemoryState& state, const domain::GroupId& group, int desired) {
  bool acted = false;
  state.decisions.ForEachChange([&](const auto&, const auto*, const ports::DecisionRecord* after) {
    acted |= after != nullptr && after->group.group_id == group &&
             after->decision.reason == domain::DecisionReason::kActed &&
             after->decision.desired_after == desired;
  });
  return acted;
}

bool TaskFired(const testing::MemoryState& state, const domain::GroupId& group) {
  bool fired = false;
  state.occurrences.ForEachChange(
      [&](const auto& key, const auto*, const ports::TaskOccurrence* after) {
        const domain::ScheduledTask* task = state.tasks.Find(key.first);
        fired |= after != nullptr && task != nullptr && task->group_id == group &&
                 after->occurrence.outcome == domain::OccurrenceOutcome::kFired;
      });
  return fired;
}

}  // namespace

void CapacityChecker::OnCommit(const CommitNotice& notice) {
  const testing::MemoryState& state = notice.state;
  state.groups.ForEachChange([&](const auto&, const testing::MemoryGroupRow* before,
                                 const testing::MemoryGroupRow* after) {
    if (before == nullptr || after == nullptr) return;
    if (before->group.desired_capacity != after->group.desired_capacity) {
      DesiredChanged(notice, before->group, after->group);
    }
  });
  state.decisions.ForEachChange([&](const auto& key, const ports::DecisionRecord* before,
                                    const ports::DecisionRecord* after) {
    if (after == nullptr) return;
    verdict_.Expect(16, true, before == nullptr, notice.at, [&] {
      return absl::StrCat("policy ", key.first.value(), " was decided twice for one window");
    });
    if (before == nullptr) Decided(notice, *after);
  });
  state.tasks.ForEachChange([&](const domain::TaskId& id, const domain::ScheduledTask* before,
                                const domain::ScheduledTask* after) {
    if (after == nullptr) {
      tasks_.erase(id.value());
      return;
    }
    TaskTruth& task = tasks_[id.value()];
    task.edited |= before != nullptr && notice.actor.is_request;
    task.row = *after;
  });
  state.occurrences.ForEachChange([&](const auto& key, const ports::TaskOccurrence* before,
                                      const ports::TaskOccurrence* after) {
    if (after == nullptr) return;
    occurred_.emplace(key.first.value(), key.second);
    verdict_.Expect(17, true, before == nullptr, notice.at, [&] {
      return absl::StrCat("a due instant of task ", key.first.value(), " was decided twice");
    });
  });
}

void CapacityChecker::DesiredChanged(const CommitNotice& notice, const domain::ScalingGroup& before,
                                     const domain::ScalingGroup& after) {
  bool founded = false;
  switch (after.desired_cause.kind) {
    case TriggerKind::kPolicy:
      founded = PolicyActed(notice.state, after.id, after.desired_capacity);
      break;
    case TriggerKind::kTask:
      founded = TaskFired(notice.state, after.id);
      break;
    case TriggerKind::kCreate:
    case TriggerKind::kModify:
    case TriggerKind::kAttach:
    case TriggerKind::kDetach:
    case TriggerKind::kDelete:
    case TriggerKind::kEnable:
      founded = notice.actor.is_request;
      break;
    case TriggerKind::kHealth:
      break;
  }
  verdict_.Expect(9, true, founded && !(before.desired_cause == after.desired_cause), notice.at,
                  [&] {
                    return absl::StrCat("desired of group ", after.id.value(), " went from ",
                                        before.desired_capacity, " to ", after.desired_capacity,
                                        " without a cause: ", after.desired_cause.text);
                  });
}

void CapacityChecker::Decided(const CommitNotice& notice, const ports::DecisionRecord& record) {
  const domain::Decision& decision = record.decision;
  if (decision.reason != domain::DecisionReason::kActed ||
      decision.desired_after >= decision.desired_before) {
    return;
  }
  for (const domain::PeriodVerdict& period : decision.firing.periods) {
    const std::string doubt = Doubt(record, period);
    verdict_.Expect(16, true, doubt.empty(), notice.at, [&] {
      return absl::StrCat("policy ", decision.firing.policy.id.value(), " lowered group ",
                          record.group.group_id.value(), " on bad data: ", doubt);
    });
  }
}

std::string CapacityChecker::Doubt(const ports::DecisionRecord& record,
                                   const domain::PeriodVerdict& period) const {
  const domain::MetricRule& rule = record.decision.firing.policy.rule;
  if (rule.dimension != domain::Dimension::kCpuUsage || rule.statistic != domain::Statistic::kAvg) {
    return "";
  }
  if (period.breach != domain::Breach::kTrue || period.reporting == 0) return "no breach at all";
  const absl::Time end = period.start + rule.period;
  double low = 1e9;
  double high = -1e9;
  for (const auto& [id, member] : truth_.Group(record.group.group_id.value()).members) {
    const SampleLog::Range range = samples_.Of(id, period.start, end);
    if (range.count > 0) {
      low = std::min(low, range.low);
      high = std::max(high, range.high);
    }
    const bool served_all_of_it = member.life_cycle == domain::LifeCycle::kInService &&
                                  member.in_service_at.has_value() &&
                                  *member.in_service_at <= period.start;
    const bool known_silent =
        std::find(period.silent.begin(), period.silent.end(), id) != period.silent.end();
    if (served_all_of_it && range.count == 0 && !known_silent) {
      return absl::StrCat("member ", id, " was silent and taken for a reporter");
    }
  }
  if (low <= high && (period.value < low - 1e-6 || period.value > high + 1e-6)) {
    return absl::StrCat("the value ", period.value, " is none of what was measured");
  }
  // A silent member may be at 100 %.
  const auto silent = static_cast<double>(period.silent.size());
  const double worst =
      (period.value * period.reporting + 100.0 * silent) / (period.reporting + silent);
  if (rule.comparison == domain::Comparison::kLess && worst >= rule.threshold) {
    return absl::StrCat("with ", silent, " silent members it may be ", worst);
  }
  return "";
}

void CapacityChecker::AtRest(absl::Time now) {
  for (const auto& [id, task] : tasks_) {
    const bool once = task.row.recurrence.recurrence.empty() && !task.row.end_time.has_value();
    if (!once || task.edited || task.row.start_time > now - absl::Minutes(5)) continue;
    verdict_.Expect(17, true, occurred_.count({id, task.row.start_time}) != 0, now, [&, id = id] {
      return absl::StrCat("task ", id, " was due and nothing became of it");
    });
  }
}

}  // namespace accordion::sim
