// What the control loops tell an operator's dashboards. Implemented over prometheus in
// observability; tests use NullTelemetry.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/activity/activity.h"
#include "engine/domain/arbitration.h"
#include "engine/domain/occurrence.h"

namespace accordion::ports {

// Thread-safe; must not block.
class Telemetry {
 public:
  virtual ~Telemetry() = default;

  virtual void ActivityFinished(domain::ActivityType type, domain::ActivityStatus status,
                                absl::Duration took) = 0;
  // A group's launch breaker opened.
  virtual void LaunchesPaused() = 0;
  virtual void SlotMoved(activity::SlotState to) = 0;
  virtual void Decided(domain::DecisionReason reason) = 0;
  // From the period's close (end plus lateness) until all its policies were judged.
  virtual void PeriodEvaluated(int policies, absl::Duration lag) = 0;
  // A due instant of a scheduled task was decided, `lag` after it.
  virtual void TaskDecided(domain::OccurrenceOutcome outcome, absl::Duration lag) = 0;
  virtual void LeaseState(bool held, int shards) = 0;
  // A loop's transaction failed and will be tried again.
  virtual void StoreRetry(absl::string_view loop) = 0;
  // An event was sent to a contact: `kind` is webhook or email, `outcome` delivered, retry or dead.
  virtual void NotificationTried(absl::string_view kind, absl::string_view outcome) = 0;
};

class NullTelemetry final : public Telemetry {
 public:
  void ActivityFinished(domain::ActivityType, domain::ActivityStatus, absl::Duration) override {}
  void LaunchesPaused() override {}
  void SlotMoved(activity::SlotState) override {}
  void Decided(domain::DecisionReason) override {}
  void PeriodEvaluated(int, absl::Duration) override {}
  void TaskDecided(domain::OccurrenceOutcome, absl::Duration) override {}
  void LeaseState(bool, int) override {}
  void StoreRetry(absl::string_view) override {}
  void NotificationTried(absl::string_view, absl::string_view) override {}
};

}  // namespace accordion::ports
