#include "tests/sim/engine.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

// Longest wait of a call that is answered in the end.
constexpr absl::Duration kSlowestAnswer = absl::Seconds(5);
constexpr absl::Duration kLongestPause = absl::Minutes(30);

std::optional<testing::StoreFault> DrawStoreFault(Faults& faults) {
  if (faults.Strikes(Fault::kStoreError)) return testing::StoreFault::kUnavailable;
  if (faults.Strikes(Fault::kDoubtExecuted)) return testing::StoreFault::kUnknownExecuted;
  if (faults.Strikes(Fault::kDoubtNotExecuted)) return testing::StoreFault::kUnknownNotExecuted;
  return std::nullopt;
}

control::Settings Named(control::Settings settings, int place) {
  settings.engine_name = absl::StrCat("engine-", place);
  return settings;
}

}  // namespace

// ---- ActingStore ----

absl::Status ActingStore::Transact(Work work) {
  stage_.SetActor(actor_);
  const absl::Status status = stage_.store.Transact(work);
  stage_.AfterTransaction();
  return status;
}

absl::Status ActingStore::Transact(const ports::Fence& fence, Work work) {
  stage_.SetActor(actor_);
  const absl::Status status = stage_.store.Transact(fence, work);
  stage_.AfterTransaction();
  return status;
}

absl::Status ActingStore::Read(Work work) {
  stage_.SetActor(actor_);
  const absl::Status status = stage_.store.Read(work);
  stage_.AfterTransaction();
  return status;
}

absl::StatusOr<int64_t> ActingStore::OpenSession(absl::string_view engine, absl::Duration ttl) {
  const absl::Duration now = stage_.clock.BootTime();
  absl::StatusOr<int64_t> session = stage_.store.OpenSession(engine, ttl);
  if (session.ok()) renewed_at_ = now;
  return session;
}

absl::Status ActingStore::Renew(int64_t session, absl::Duration ttl) {
  const absl::Duration now = stage_.clock.BootTime();
  const absl::Status renewed = stage_.store.Renew(session, ttl);
  if (renewed.ok()) renewed_at_ = now;
  return renewed;
}

absl::StatusOr<std::vector<ports::HeldShard>> ActingStore::Acquire(int64_t session) {
  absl::StatusOr<std::vector<ports::HeldShard>> held = stage_.store.Acquire(session);
  if (held.ok()) stage_.fences.Acquired(actor_, *held);
  return held;
}

absl::Status ActingStore::Close(int64_t session) { return stage_.store.Close(session); }

// ---- LossyWaker ----

void LossyWaker::Wake(const ports::GroupKey& group) {
  if (Arrives()) inner_->Wake(group);
}
void LossyWaker::DefinitionChanged(const ports::GroupKey& group) {
  if (Arrives()) inner_->DefinitionChanged(group);
}
void LossyWaker::TaskChanged(const ports::GroupKey& group) {
  if (Arrives()) inner_->TaskChanged(group);
}
void LossyWaker::ActivityEnded(const ports::GroupKey& group) {
  if (Arrives()) inner_->ActivityEnded(group);
}

// ---- Engine ----

Engine::Engine(Stage& stage, int place, uint64_t life, const control::Settings& settings)
    : stage_(stage),
      place_(place),
      life_(life),
      settings_(Named(settings, place)),
      executor_(stage.time),
      loops_view_(stage, {.engine = place, .life = life, .is_request = false}),
      requests_view_(stage, {.engine = place, .life = life, .is_request = true}),
      store_(loops_view_, lifeline_),
      request_store_(requests_view_, lifeline_),
      watched_(stage),
      cloud_(watched_, lifeline_),
      samples_({.lateness = settings.lateness}),
      rng_(stage.seed * 1'000'003 + life),
      notifier_(stage),
      waker_(stage),
      api_({request_store_, watched_, waker_, settings.time_zone}) {
  lifeline_.OnDeath([this] { executor_.Crash(); });
  lifeline_.AtBoundary([this](absl::string_view boundary) { AtBoundary(boundary); });
  const auto source = [this] { return DrawStoreFault(stage_.faults); };
  store_.SetFaultSource(source);
  request_store_.SetFaultSource(source);
  plane_ = std::make_unique<control::ControlPlane>(
      control::ControlPlane::Parts{store_, store_, cloud_, cloud_, cloud_, samples_, executor_,
                                   stage.clock, rng_, telemetry_, &notifier_},
      settings_);
  waker_.SetInner(plane_.get());
  plane_->Start();
}

Engine::~Engine() { executor_.Crash(); }

void Engine::AtBoundary(absl::string_view boundary) {
  Faults& faults = stage_.faults;
  if (faults.Strikes(Fault::kCrash)) {
    stage_.trace.Note(stage_.time.Now(), "crash",
                      [&] { return absl::StrCat("engine ", place_, " ", boundary); });
    lifeline_.Kill(boundary);
    return;
  }
  ExpectLease(boundary);
  if (!stage_.CanWait()) return;
  if (faults.Strikes(Fault::kPause)) {
    const absl::Duration span =
        kLongestPause * base::UniformUnit(faults.rng()) * base::UniformUnit(faults.rng());
    stage_.trace.Note(stage_.time.Now(), "pause", [&] {
      return absl::StrCat("engine ", place_, " ", boundary, " for ", absl::FormatDuration(span));
    });
    Stop();
    stage_.Meanwhile(span);
    Continue();
    return;
  }
  if (faults.Strikes(Fault::kSlowCall)) {
    // A thread may hold a lock while the store answers, never while the cloud does; on one stack
    // a lock that is waited for is a deadlock, so the engine's other work waits with it.
    const bool at_store =
        absl::EndsWith(boundary, "transaction") || absl::EndsWith(boundary, "read");
    if (at_store) Hold();
    stage_.Meanwhile(kSlowestAnswer * base::UniformUnit(faults.rng()));
    if (at_store) Release();
  }
}

// Before what changes the cloud: the call must be able to end within the lease, as the engine can
// know it (I-11).
void Engine::ExpectLease(absl::string_view boundary) {
  constexpr absl::string_view kChanges[] = {"before RunInstances", "before TerminateInstances",
                                            "before Register", "before Deregister",
                                            "before ReleaseAddress"};
  if (std::find(std::begin(kChanges), std::end(kChanges), boundary) == std::end(kChanges)) return;
  const absl::Duration now = stage_.clock.BootTime();
  const absl::Duration deadline =
      loops_view_.renewed_at() + settings_.lease_ttl - settings_.lease_margin;
  stage_.verdict.Expect(11, had_trouble_, now + settings_.cloud_call_timeout <= deadline,
                        stage_.time.Now(), [&] {
                          return absl::StrCat("engine ", place_, " ", boundary,
                                              ": its lease ends before the call may");
                        });
}

void Engine::Stop() {
  ++stops_;
  had_trouble_ = true;
  Hold();
}

void Engine::Continue() {
  --stops_;
  Release();
}

void Engine::Hold() {
  if (holds_++ == 0) executor_.Pause();
}

void Engine::Release() {
  if (--holds_ == 0) executor_.Continue();
}

void Engine::SetStoreDown(bool down) {
  store_is_down_ = down;
  store_.SetDown(down);
  request_store_.SetDown(down);
}

ApiAnswer Engine::Call(const ApiRequest& request) {
  if (dead() || stopped()) return NoAnswer();
  const std::string before = stage_.SetRequest(request.request_id);
  ApiAnswer answer = api_.Call(request);
  stage_.SetRequest(before);
  // An engine that died meanwhile answered nobody.
  return dead() ? NoAnswer() : answer;
}

}  // namespace accordion::sim
