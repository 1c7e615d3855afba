#include "engine/observability/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace accordion::observability {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Histogram;

// Seconds. Requests take milliseconds, activities minutes, evaluation anything between.
const Histogram::BucketBoundaries kRequestSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,   0.25,   0.5,   1,    2.5,   5};
const Histogram::BucketBoundaries kActivitySeconds = {1,   2.5, 5,   10,   30,  60,
                                                      120, 300, 600, 1200, 3600};
const Histogram::BucketBoundaries kLagSeconds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30};

std::string TypeWord(domain::ActivityType type) {
  switch (type) {
    case domain::ActivityType::kScaleOut:
      return "scale_out";
    case domain::ActivityType::kScaleIn:
      return "scale_in";
    case domain::ActivityType::kAttach:
      return "attach";
    case domain::ActivityType::kDetach:
      return "detach";
    case domain::ActivityType::kReplace:
      return "replace";
    case domain::ActivityType::kRegistration:
      return "registration";
  }
  return "unknown";
}

std::string StatusWord(domain::ActivityStatus status) {
  switch (status) {
    case domain::ActivityStatus::kRunning:
      return "running";
    case domain::ActivityStatus::kSucceeded:
      return "succeeded";
    case domain::ActivityStatus::kFailed:
      return "failed";
    case domain::ActivityStatus::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  absl::Mutex readers_mutex;
  std::vector<std::pair<prometheus::Gauge*, Reader>> readers ABSL_GUARDED_BY(readers_mutex);

  prometheus::Family<prometheus::Counter>& activities =
      BuildCounter()
          .Name("accordion_activities_finished_total")
          .Help("Activities that ended, by type and status.")
          .Register(registry);
  prometheus::Family<Histogram>& activity_seconds =
      BuildHistogram()
          .Name("accordion_activity_duration_seconds")
          .Help("From an activity's start to its end.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& slots =
      BuildCounter()
          .Name("accordion_slot_transitions_total")
          .Help("Slots of activities that entered a state.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& decisions =
      BuildCounter()
          .Name("accordion_policy_decisions_total")
          .Help("Firings of policies, by what came of them.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& evaluated =
      BuildCounter()
          .Name("accordion_policy_periods_judged_total")
          .Help("Periods judged, one a policy.")
          .Register(registry);
  prometheus::Family<Histogram>& lag =
      BuildHistogram()
          .Name("accordion_evaluation_lag_seconds")
          .Help("From a period's close until all its policies were judged.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& occurrences =
      BuildCounter()
          .Name("accordion_task_occurrences_total")
          .Help("Due instants of scheduled tasks, by what became of them.")
          .Register(registry);
  prometheus::Family<Histogram>& task_lag =
      BuildHistogram()
          .Name("accordion_task_lag_seconds")
          .Help("From a due instant that fired until the group had its sizes.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& lease = BuildGauge()
                                                     .Name("accordion_lease_held")
                                                     .Help("1 while this engine's session is live.")
                                                     .Register(registry);
  prometheus::Family<prometheus::Gauge>& shards = BuildGauge()
                                                      .Name("accordion_shards_held")
                                                      .Help("Shards that this engine owns.")
                                                      .Register(registry);
  prometheus::Family<prometheus::Counter>& not_replaced =
      BuildCounter()
          .Name("accordion_members_not_replaced_total")
          .Help(
              "Unhealthy members that a look at their group left as they are; why: protected or "
              "held.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& retries =
      BuildCounter()
          .Name("accordion_store_retries_total")
          .Help("Transactions of a loop that failed and are tried again.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& launch_pauses =
      BuildCounter()
          .Name("accordion_launch_pauses_total")
          .Help("Groups whose launches were paused, since they failed for good in a row.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& notifications =
      BuildCounter()
          .Name("accordion_notifications_total")
          .Help("Tries to deliver an event to a contact, by kind and outcome; dead: given up.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& sweeps =
      BuildCounter()
          .Name("accordion_account_sweeps_total")
          .Help("Lists of an account's instances, by outcome: whole or failed.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& health =
      BuildCounter()
          .Name("accordion_member_health_total")
          .Help("Members that turned unhealthy or healthy, or were proven gone.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& alarms =
      BuildCounter()
          .Name("accordion_alarms_total")
          .Help("What an operator must look at, by kind.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& orphans =
      BuildCounter()
          .Name("accordion_orphans_total")
          .Help("Instances that a launch may have left behind, by outcome; held: too many at once.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& cloud_calls =
      BuildCounter()
          .Name("accordion_cloud_calls_total")
          .Help("Calls to the cloud, by action and outcome.")
          .Register(registry);
  prometheus::Family<Histogram>& cloud_call_seconds =
      BuildHistogram()
          .Name("accordion_cloud_call_duration_seconds")
          .Help("From the sending of a call to the cloud to its end.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& cloud_held_back =
      BuildCounter()
          .Name("accordion_cloud_calls_held_back_total")
          .Help("Calls to the cloud that were not made for now, by action and reason.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& cloud_breakers =
      BuildGauge()
          .Name("accordion_cloud_breaker_open")
          .Help("1 while half of an action's last calls failed; launches then pause.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& cloud_paused =
      BuildGauge()
          .Name("accordion_cloud_accounts_paused")
          .Help("Accounts whose calls pause since the cloud refuses their credentials.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& rpcs =
      BuildCounter()
          .Name("accordion_rpcs_total")
          .Help("Requests answered, by method and gRPC status.")
          .Register(registry);
  prometheus::Family<Histogram>& rpc_seconds = BuildHistogram()
                                                   .Name("accordion_rpc_duration_seconds")
                                                   .Help("From a request's arrival to its answer.")
                                                   .Register(registry);
  prometheus::Family<prometheus::Counter>& samples =
      BuildCounter()
          .Name("accordion_samples_total")
          .Help("Samples pushed, by what became of them.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& queue = BuildGauge()
                                                     .Name("accordion_queue_depth")
                                                     .Help("Work that waits in a lane.")
                                                     .Register(registry);
  prometheus::Family<prometheus::Gauge>& resources =
      BuildGauge()
          .Name("accordion_metric_resources")
          .Help("Instances and listeners whose samples are taken.")
          .Register(registry);

  void AddReader(prometheus::Gauge& gauge, Reader reader) {
    absl::MutexLock lock(&readers_mutex);
    readers.emplace_back(&gauge, std::move(reader));
  }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {
  // Families without a sample yet would be missing from the first scrape.
  LeaseState(false, 0);
  CloudAccountsPaused(0);
  CloudBreaker("RunInstances", false);
}

Metrics::~Metrics() = default;

void Metrics::ActivityFinished(domain::ActivityType type, domain::ActivityStatus status,
                               absl::Duration took) {
  families_->activities.Add({{"type", TypeWord(type)}, {"status", StatusWord(status)}}).Increment();
  families_->activity_seconds.Add({{"type", TypeWord(type)}}, kActivitySeconds)
      .Observe(absl::ToDoubleSeconds(took));
}

void Metrics::SlotMoved(activity::SlotState to) {
  families_->slots.Add({{"to", activity::SlotStateName(to)}}).Increment();
}

void Metrics::Decided(domain::DecisionReason reason) {
  families_->decisions.Add({{"reason", domain::DecisionReasonName(reason)}}).Increment();
}

void Metrics::PeriodEvaluated(int policies, absl::Duration lag) {
  families_->evaluated.Add({}).Increment(policies);
  families_->lag.Add({}, kLagSeconds).Observe(absl::ToDoubleSeconds(lag));
}

void Metrics::TaskDecided(domain::OccurrenceOutcome outcome, absl::Duration lag) {
  families_->occurrences.Add({{"outcome", domain::OutcomeName(outcome)}}).Increment();
  if (outcome != domain::OccurrenceOutcome::kFired) return;
  families_->task_lag.Add({}, kLagSeconds).Observe(absl::ToDoubleSeconds(lag));
}

void Metrics::LeaseState(bool held, int shards) {
  families_->lease.Add({}).Set(held ? 1 : 0);
  families_->shards.Add({}).Set(shards);
}

void Metrics::MembersNotReplaced(absl::string_view why, int members) {
  families_->not_replaced.Add({{"why", std::string(why)}}).Increment(members);
}

void Metrics::LaunchesPaused() { families_->launch_pauses.Add({}).Increment(); }

void Metrics::StoreRetry(absl::string_view loop) {
  families_->retries.Add({{"loop", std::string(loop)}}).Increment();
}

void Metrics::NotificationTried(absl::string_view kind, absl::string_view outcome) {
  families_->notifications.Add({{"kind", std::string(kind)}, {"outcome", std::string(outcome)}})
      .Increment();
}

void Metrics::AccountSwept(bool whole) {
  families_->sweeps.Add({{"outcome", whole ? "whole" : "failed"}}).Increment();
}

void Metrics::HealthTurned(absl::string_view to) {
  families_->health.Add({{"to", std::string(to)}}).Increment();
}

void Metrics::Alarm(absl::string_view what) {
  families_->alarms.Add({{"what", std::string(what)}}).Increment();
}

void Metrics::OrphanSeen(absl::string_view outcome) {
  families_->orphans.Add({{"outcome", std::string(outcome)}}).Increment();
}

void Metrics::CloudCalled(absl::string_view action, absl::string_view outcome,
                          absl::Duration took) {
  families_->cloud_calls.Add({{"action", std::string(action)}, {"outcome", std::string(outcome)}})
      .Increment();
  families_->cloud_call_seconds.Add({{"action", std::string(action)}}, kRequestSeconds)
      .Observe(absl::ToDoubleSeconds(took));
}

void Metrics::CloudCallHeldBack(absl::string_view action, absl::string_view reason) {
  families_->cloud_held_back.Add({{"action", std::string(action)}, {"reason", std::string(reason)}})
      .Increment();
}

void Metrics::CloudBreaker(absl::string_view action, bool open) {
  families_->cloud_breakers.Add({{"action", std::string(action)}}).Set(open ? 1 : 0);
}

void Metrics::CloudAccountsPaused(int accounts) { families_->cloud_paused.Add({}).Set(accounts); }

void Metrics::RpcFinished(absl::string_view method, absl::string_view code, absl::Duration took) {
  families_->rpcs.Add({{"method", std::string(method)}, {"code", std::string(code)}}).Increment();
  families_->rpc_seconds.Add({{"method", std::string(method)}}, kRequestSeconds)
      .Observe(absl::ToDoubleSeconds(took));
}

void Metrics::Samples(absl::string_view outcome, int64_t count) {
  if (count > 0)
    families_->samples.Add({{"outcome", std::string(outcome)}})
        .Increment(static_cast<double>(count));
}

void Metrics::AddQueueDepth(absl::string_view lane, Reader reader) {
  families_->AddReader(families_->queue.Add({{"lane", std::string(lane)}}), std::move(reader));
}

void Metrics::AddResources(Reader reader) {
  families_->AddReader(families_->resources.Add({}), std::move(reader));
}

std::string Metrics::Expose() {
  {
    absl::MutexLock lock(&families_->readers_mutex);
    for (const auto& [gauge, reader] : families_->readers) gauge->Set(reader());
  }
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace accordion::observability
