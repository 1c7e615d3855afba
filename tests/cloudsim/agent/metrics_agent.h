// The agents of one account: measure, push, try again.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "tests/cloudsim/agent/push_target.h"
#include "tests/cloudsim/agent/sample_batch.h"
#include "tests/cloudsim/agent/sample_log.h"

namespace accordion::cloudsim {

// What becomes of a batch after one attempt.
enum class PushOutcome { kAccepted, kRefused, kRetry };

// One POST. kRefused is an answer that a repetition won't change (4xx but 429).
PushOutcome Push(base::HttpClient& client, const PushTarget& target, const SampleBatch& batch);

// The instants at which agents measure: multiples of the interval since the epoch.
absl::Time NextTick(absl::Time now, absl::Duration interval);

// One thread. Every interval it measures; batches wait in order until the receiver takes them, so
// that a receiver that restarts gets the same samples again, for as long as a batch isn't older
// than kMaxBatchAge. Thread-safe.
class MetricsAgent {
 public:
  static constexpr absl::Duration kMaxBatchAge = absl::Seconds(30);
  static constexpr absl::Duration kRetryDelay = absl::Milliseconds(200);

  // What the account's instances and listeners show now.
  using MeasureFunction = std::function<std::vector<MetricSample>()>;

  // `clock`, `client` and `log` outlive the agent. Measures nothing before the first SetTarget.
  MetricsAgent(MeasureFunction measure, const base::Clock& clock, base::HttpClient& client,
               SampleLog& log);
  ~MetricsAgent();

  MetricsAgent(const MetricsAgent&) = delete;
  MetricsAgent& operator=(const MetricsAgent&) = delete;

  void SetTarget(PushTarget target);

 private:
  void Loop();
  // Waits for the tick or the next attempt; false when it is time to stop.
  bool Await(absl::Time until);
  void Measure(const PushTarget& target, absl::Time tick);
  // Sends in order as long as the receiver takes it; false when it wants a pause.
  bool SendPending(const PushTarget& target);
  PushTarget target() const;
  bool HasChanged() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || changed_; }

  const MeasureFunction measure_;
  const base::Clock& clock_;
  base::HttpClient& client_;
  SampleLog& log_;
  std::deque<SampleBatch> pending_;  // the loop's own

  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool changed_ ABSL_GUARDED_BY(mutex_) = false;
  PushTarget target_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace accordion::cloudsim
