// One engine process of the simulation: the production control plane and handlers, with every
// boundary to store, cloud and notifier a place where it may wait, stop or die.
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "engine/control/control_plane.h"
#include "engine/metrics/sample_store.h"
#include "engine/ports/telemetry.h"
#include "tests/sim/api.h"
#include "tests/sim/sim_notifier.h"
#include "tests/sim/stage.h"
#include "tests/sim/watched_cloud.h"
#include "tests/support/faulty_store.h"
#include "tests/support/lifeline.h"
#include "tests/support/lifeline_cloud.h"

namespace accordion::sim {

// The store as one part of an engine sees it: tells the stage who is at work.
class ActingStore final : public ports::Store, public ports::LeaseStore {
 public:
  ActingStore(Stage& stage, const Actor& actor) : stage_(stage), actor_(actor) {}

  absl::Status Transact(Work work) override;
  absl::Status Transact(const ports::Fence& fence, Work work) override;
  absl::Status Read(Work work) override;
  absl::StatusOr<int64_t> OpenSession(absl::string_view engine, absl::Duration ttl) override;
  absl::Status Renew(int64_t session, absl::Duration ttl) override;
  absl::StatusOr<std::vector<ports::HeldShard>> Acquire(int64_t session) override;
  absl::Status Close(int64_t session) override;

  // Boot time at which the last renewal that succeeded was sent.
  absl::Duration renewed_at() const { return renewed_at_; }

 private:
  Stage& stage_;
  const Actor actor_;
  absl::Duration renewed_at_ = -absl::InfiniteDuration();
};

// Hints of requests and loops, some of which are lost.
class LossyWaker final : public ports::GroupWaker {
 public:
  LossyWaker(Stage& stage) : stage_(stage) {}
  void SetInner(ports::GroupWaker* inner) { inner_ = inner; }

  void Wake(const ports::GroupKey& group) override;
  void DefinitionChanged(const ports::GroupKey& group) override;
  void TaskChanged(const ports::GroupKey& group) override;
  void ActivityEnded(const ports::GroupKey& group) override;

 private:
  bool Arrives() { return inner_ != nullptr && !stage_.faults.Strikes(Fault::kDroppedHint); }

  Stage& stage_;
  ports::GroupWaker* inner_ = nullptr;
};

class Engine {
 public:
  // Starts at once. `life` is unique in the run.
  Engine(Stage& stage, int place, uint64_t life, const control::Settings& settings);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  bool dead() const { return lifeline_.dead(); }
  bool stopped() const { return stops_ > 0; }
  // Whether nothing keeps it from its leases.
  bool able() const { return !dead() && holds_ == 0 && !store_is_down_ && !lease_is_down_; }
  uint64_t life() const { return life_; }
  // As kill -9.
  void Kill(absl::string_view where) { lifeline_.Kill(where); }
  // As SIGSTOP, until Continue.
  void Stop();
  void Continue();
  void SetStoreDown(bool down);
  void SetLeaseDown(bool down) {
    had_trouble_ = true;
    lease_is_down_ = down;
    store_.SetLeaseDown(down);
  }
  // Refused where the engine is dead or stopped, or where its lane is full.
  ApiAnswer Call(const ApiRequest& request);

  testing::VirtualExecutor& executor() { return executor_; }
  metrics::SampleStore& samples() { return samples_; }
  const std::string& died_at() const { return lifeline_.died_at(); }

 private:
  void AtBoundary(absl::string_view boundary);
  void ExpectLease(absl::string_view boundary);
  void Hold();
  void Release();

  Stage& stage_;
  const int place_;
  const uint64_t life_;
  const control::Settings settings_;
  bool had_trouble_ = false;    // its lease was, or may have been, in danger
  bool store_is_down_ = false;  // for this engine alone
  bool lease_is_down_ = false;
  int stops_ = 0;
  int holds_ = 0;  // of its own work: stops, and answers of the store that are waited for
  testing::Lifeline lifeline_;
  testing::VirtualExecutor executor_;
  ActingStore loops_view_;
  ActingStore requests_view_;
  testing::FaultyStore<ActingStore> store_;
  testing::FaultyStore<ActingStore> request_store_;
  WatchedCloud watched_;
  testing::LifelineCloud<WatchedCloud> cloud_;
  metrics::SampleStore samples_;
  base::SeededRng rng_;
  ports::NullTelemetry telemetry_;
  SimNotifier notifier_;
  LossyWaker waker_;
  std::unique_ptr<control::ControlPlane> plane_;
  Api api_;
};

}  // namespace accordion::sim
