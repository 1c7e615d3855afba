#include "engine/control/policy_evaluator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "engine/activity/cause.h"
#include "engine/activity/replace.h"
#include "engine/domain/capacity.h"
#include "engine/domain/group_diff.h"

namespace accordion::control {
namespace {

constexpr int kMaxDecideAttempts = 20;

// Of the verdicts that were just judged, the policies whose newest periods make them fire.
template <typename JudgedList>
std::vector<domain::Firing> Firings(const JudgedList& judged, const domain::ScalingGroup& group,
                                    const std::vector<domain::ScalingPolicy>& definitions) {
  std::vector<domain::Firing> firings;
  for (const auto& one : judged) {
    const auto definition = std::find_if(
        definitions.begin(), definitions.end(),
        [&](const domain::ScalingPolicy& policy) { return policy.id == one.policy.id; });
    // Deleted or edited since: the newest committed definition decides, and an edit resets the run.
    if (definition == definitions.end() || definition->version != one.policy.version) continue;
    std::vector<domain::PeriodVerdict> periods =
        domain::FiringPeriods(one.run, definition->rule, domain::CountsFrom(*definition, group));
    if (!periods.empty()) firings.push_back({*definition, std::move(periods)});
  }
  return firings;
}

}  // namespace

PolicyEvaluator::PolicyEvaluator(Parts parts, Settings settings)
    : parts_(parts), settings_(std::move(settings)) {}

void PolicyEvaluator::Arm() {
  const absl::Time now = parts_.clock.Now();
  for (const absl::Duration period : parts_.index.Periods()) {
    {
      absl::MutexLock lock(&mutex_);
      if (stopped_ || !armed_.insert(period).second) continue;
    }
    // The period that is open now; those that closed before this engine knew of the policy have no
    // samples here.
    ArmAt(period, domain::PeriodStart(now, period));
  }
}

void PolicyEvaluator::CatchUp() {
  const absl::Time now = parts_.clock.Now();
  for (const absl::Duration period : parts_.index.Periods()) {
    for (const std::shared_ptr<const EvaluatedGroup>& group : parts_.index.WithPeriod(period)) {
      std::vector<Judged> judged;
      for (const domain::ScalingPolicy& policy : group->policies) {
        if (policy.rule.period != period) continue;
        std::optional<domain::PolicyRun> run = parts_.index.RunOf(policy);
        // Only while it is the newest window that has closed; what fires on an older one fires on
        // what is gone.
        const bool is_newest = run.has_value() && !run->periods.empty() &&
                               now < run->periods.back().start + 2 * period + settings_.lateness;
        if (is_newest) judged.push_back({policy, *std::move(run)});
      }
      if (Firings(judged, group->group, group->policies).empty()) continue;
      // A window that was decided has its record, and is not decided twice.
      Decide({group->group.account_id, group->group.id}, judged, 0);
    }
  }
}

void PolicyEvaluator::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

void PolicyEvaluator::ArmAt(absl::Duration period, absl::Time start) {
  parts_.executor.SubmitAt(ports::Lane::kEvaluate, start + period + settings_.lateness,
                           [this, period, start] { Close(period, start); });
}

void PolicyEvaluator::Close(absl::Duration period, absl::Time start) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
  }
  const std::vector<std::shared_ptr<const EvaluatedGroup>> groups = parts_.index.WithPeriod(period);
  if (groups.empty()) {
    {
      absl::MutexLock lock(&mutex_);
      armed_.erase(period);
    }
    Arm();  // a policy that came meanwhile found the period armed still
    return;
  }
  std::vector<Judged> all;
  for (const std::shared_ptr<const EvaluatedGroup>& group : groups) {
    std::vector<Judged> judged = Judge(*group, period, start);
    if (judged.empty()) continue;
    if (!Firings(judged, group->group, group->policies).empty()) {
      const ports::GroupKey key{group->group.account_id, group->group.id};
      // Inline for the last firing group would save a hop, but one slow transaction must not delay
      // the other groups.
      if (!parts_.executor.Submit(ports::Lane::kEvaluate,
                                  [this, key, judged] { Decide(key, judged, 0); })) {
        base::LogWarning("evaluation lane is full; a firing waits for the next period",
                         {{"group", absl::StrCat(key.group_id.value())}});
      }
    }
    std::move(judged.begin(), judged.end(), std::back_inserter(all));
  }
  const absl::Time closed = start + period + settings_.lateness;
  parts_.telemetry.PeriodEvaluated(static_cast<int>(all.size()), parts_.clock.Now() - closed);
  // The next close is on the grid, whatever this one took; after a pause the periods in between
  // stay missing.
  const absl::Time next = std::max(
      start + period, domain::PeriodStart(parts_.clock.Now() - settings_.lateness, period));
  ArmAt(period, next);
  Checkpoint(all);
}

std::vector<PolicyEvaluator::Judged> PolicyEvaluator::Judge(const EvaluatedGroup& group,
                                                            absl::Duration period,
                                                            absl::Time start) {
  std::vector<Judged> judged;
  if (!parts_.leases.FenceFor(group.group.id).has_value()) return judged;
  for (const domain::ScalingPolicy& policy : group.policies) {
    if (policy.rule.period != period) continue;
    std::optional<domain::PolicyRun> run =
        parts_.index.AppendTo(policy, Verdict(group, policy, start));
    if (run.has_value()) judged.push_back({policy, *std::move(run)});
  }
  return judged;
}

domain::PeriodVerdict PolicyEvaluator::Verdict(const EvaluatedGroup& group,
                                               const domain::ScalingPolicy& policy,
                                               absl::Time start) {
  const domain::MetricRule& rule = policy.rule;
  std::vector<domain::SeriesPeriod> series;
  const auto add = [&](const std::string& resource) {
    series.push_back({resource, parts_.samples.Read(resource, rule.dimension, rule.period, start)});
  };
  if (domain::IsListenerDimension(rule.dimension)) {
    for (const domain::ListenerId& listener : group.listeners) add(listener.value());
  } else {
    for (const InServiceMember& member : group.members) {
      // A member that entered after the period has nothing to say about it.
      if (member.since < start + rule.period) add(member.instance_id.value());
    }
  }
  return domain::JudgePeriod(
      rule, start, series, domain::LowersCapacity(policy.adjustment, group.group.desired_capacity));
}

void PolicyEvaluator::Decide(const ports::GroupKey& key, const std::vector<Judged>& judged,
                             int attempt) {
  const std::optional<ports::Fence> fence = parts_.leases.FenceFor(key.group_id);
  if (!fence.has_value()) return;
  std::vector<domain::Decision> decisions;
  const absl::Status decided = parts_.store.Transact(*fence, [&](ports::Tx& tx) {
    decisions.clear();
    return DecideInTx(tx, key, judged, decisions);
  });
  if (!decided.ok()) {
    if (absl::IsNotFound(decided)) parts_.waker.DefinitionChanged(key);  // the group is gone
    if (absl::IsAlreadyExists(decided)) {
      // This window was decided before: by a commit whose answer was lost, or before a restart.
      parts_.waker.Wake(key);
      return;
    }
    if (absl::IsNotFound(decided) || absl::IsFailedPrecondition(decided) ||
        attempt >= kMaxDecideAttempts) {
      base::LogWarning("no decision", {{"group", absl::StrCat(key.group_id.value())},
                                       {"error", decided.ToString()}});
      return;
    }
    parts_.telemetry.StoreRetry("evaluate");
    parts_.executor.SubmitAt(ports::Lane::kEvaluate, parts_.clock.Now() + settings_.store_retry,
                             [this, key, judged, attempt] { Decide(key, judged, attempt + 1); });
    return;
  }
  bool acted = false;
  for (const domain::Decision& decision : decisions) {
    parts_.telemetry.Decided(decision.reason);
    acted = acted || decision.reason == domain::DecisionReason::kActed;
    base::LogInfo("policy fired", {{"group", absl::StrCat(key.group_id.value())},
                                   {"policy", absl::StrCat(decision.firing.policy.id.value())},
                                   {"reason", domain::DecisionReasonName(decision.reason)},
                                   {"desired_before", absl::StrCat(decision.desired_before)},
                                   {"desired_after", absl::StrCat(decision.desired_after)}});
  }
  if (acted) parts_.waker.Wake(key);
}

absl::Status PolicyEvaluator::DecideInTx(ports::Tx& tx, const ports::GroupKey& key,
                                         const std::vector<Judged>& judged,
                                         std::vector<domain::Decision>& decisions) {
  ASSIGN_OR_RETURN(domain::ScalingGroup group, tx.groups().Lock(key));
  ASSIGN_OR_RETURN(const ports::Listing<domain::ScalingPolicy> policies,
                   tx.policies().List(key, {}, {}));
  const std::vector<domain::Firing> firings = Firings(judged, group, policies.rows);
  if (firings.empty()) return absl::OkStatus();

  ASSIGN_OR_RETURN(const std::vector<domain::Member> members, tx.members().Unclosed(key));
  ASSIGN_OR_RETURN(const int intents, tx.activities().UnresolvedIntents(key));
  ASSIGN_OR_RETURN(const std::optional<ports::OpenActivity> open, tx.activities().GetOpen(key));
  const bool replacing = open.has_value() && open->activity.type == domain::ActivityType::kReplace;
  const bool activity_open =
      open.has_value() && domain::IsUserVisible(open->activity.type) && !replacing;
  const int extra = replacing ? activity::CountExtraLaunches(open->slots) : 0;
  const domain::GroupSituation situation{
      .group = group,
      .members = domain::CountedMembers(members) + intents - extra,
      .activity_open = activity_open,
      .replacing = replacing,
      .now = tx.Now()};
  decisions = domain::Arbitrate(firings, situation);
  for (const domain::Decision& decision : decisions) {
    const absl::Time window_end =
        decision.firing.periods.back().start + decision.firing.policy.rule.period;
    // kAlreadyExists: the window was decided before, and nothing of it may act again (I-16).
    RETURN_IF_ERROR(tx.decisions().Insert(
        {.group = key, .decision = decision, .window_end = window_end, .decided_at = tx.Now()}));
    if (decision.reason != domain::DecisionReason::kActed) continue;
    group.desired_capacity = decision.desired_after;
    group.desired_cause = {
        .kind = domain::TriggerKind::kPolicy,
        .text = activity::PolicyCause(settings_.language, decision, settings_.time_zone),
        .policy_id = decision.firing.policy.id,
        .cooldown = decision.firing.policy.cooldown};
    RETURN_IF_ERROR(tx.groups().Update(group));
  }
  std::vector<ports::PolicyCheckpoint> checkpoints;
  for (const Judged& one : judged) checkpoints.push_back({one.policy.id, one.run});
  return tx.policies().SaveRuns(checkpoints);
}

void PolicyEvaluator::Checkpoint(const std::vector<Judged>& judged) {
  std::vector<ports::PolicyCheckpoint> checkpoints;
  checkpoints.reserve(judged.size());
  for (const Judged& one : judged) checkpoints.push_back({one.policy.id, one.run});
  if (checkpoints.empty()) return;
  const absl::Status saved =
      parts_.store.Transact([&](ports::Tx& tx) { return tx.policies().SaveRuns(checkpoints); });
  // The next tick writes the whole run again, so a lost checkpoint costs nothing unless the engine
  // dies before it.
  if (!saved.ok()) {
    parts_.telemetry.StoreRetry("checkpoint");
    base::LogWarning("runs were not checkpointed", {{"error", saved.ToString()}});
  }
}

}  // namespace accordion::control
