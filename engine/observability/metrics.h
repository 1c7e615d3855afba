// The engine's metrics: every one is declared once, in metrics.cc, by Prometheus' conventions (base
// units, _total, help).
//
// prometheus-cpp stays in that one translation unit.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/ports/cloud_telemetry.h"
#include "engine/ports/telemetry.h"

namespace accordion::observability {

// Thread-safe.
class Metrics final : public ports::Telemetry, public ports::CloudTelemetry {
 public:
  Metrics();
  ~Metrics() override;

  // ports::Telemetry
  void ActivityFinished(domain::ActivityType type, domain::ActivityStatus status,
                        absl::Duration took) override;
  void SlotMoved(activity::SlotState to) override;
  void Decided(domain::DecisionReason reason) override;
  void PeriodEvaluated(int policies, absl::Duration lag) override;
  void TaskDecided(domain::OccurrenceOutcome outcome, absl::Duration lag) override;
  void LeaseState(bool held, int shards) override;
  void MembersNotReplaced(absl::string_view why, int members) override;
  void LaunchesPaused() override;
  void StoreRetry(absl::string_view loop) override;
  void NotificationTried(absl::string_view kind, absl::string_view outcome) override;
  void AccountSwept(bool whole) override;
  void HealthTurned(absl::string_view to) override;
  void Alarm(absl::string_view what) override;
  void OrphanSeen(absl::string_view outcome) override;

  // ports::CloudTelemetry
  void CloudCalled(absl::string_view action, absl::string_view outcome,
                   absl::Duration took) override;
  void CloudCallHeldBack(absl::string_view action, absl::string_view reason) override;
  void CloudBreaker(absl::string_view action, bool open) override;
  void CloudAccountsPaused(int accounts) override;

  // A request: `method` is an rpc's name, `code` a gRPC status code's.
  void RpcFinished(absl::string_view method, absl::string_view code, absl::Duration took);
  // Samples of a pushed batch by what became of them ("accepted", "late", ...).
  void Samples(absl::string_view outcome, int64_t count);

  // A value that is read at each scrape.
  using Reader = std::function<double()>;
  void AddQueueDepth(absl::string_view lane, Reader reader);
  void AddResources(Reader reader);

  // The Prometheus text format.
  std::string Expose();

 private:
  struct Families;
  const std::unique_ptr<Families> families_;
};

}  // namespace accordion::observability
