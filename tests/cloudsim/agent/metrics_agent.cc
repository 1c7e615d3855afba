#include "tests/cloudsim/agent/metrics_agent.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"

namespace accordion::cloudsim {

PushOutcome Push(base::HttpClient& client, const PushTarget& target, const SampleBatch& batch) {
  base::HttpCall call;
  call.method = "POST";
  call.url = target.url;
  call.headers.Add("Content-Type", "application/x-protobuf");
  call.headers.Add("Content-Encoding", "snappy");
  call.headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
  call.headers.Add("Authorization", absl::StrCat("Bearer ", target.credential.Reveal()));
  call.body = EncodeRemoteWrite(batch);
  call.timeout = absl::Seconds(2);
  call.may_repeat = true;
  const base::HttpResult result = client.Call(call);
  if (result.delivery != base::Delivery::kAnswered) return PushOutcome::kRetry;
  const int status = result.response.status;
  if (status >= 200 && status < 300) return PushOutcome::kAccepted;
  return status >= 500 || status == 429 ? PushOutcome::kRetry : PushOutcome::kRefused;
}

absl::Time NextTick(absl::Time now, absl::Duration interval) {
  const absl::Duration since_epoch = now - absl::UnixEpoch();
  return absl::UnixEpoch() + absl::Floor(since_epoch, interval) + interval;
}

MetricsAgent::MetricsAgent(MeasureFunction measure, const base::Clock& clock,
                           base::HttpClient& client, SampleLog& log)
    : measure_(std::move(measure)), clock_(clock), client_(client), log_(log) {
  target_.enabled = false;
  thread_ = std::thread([this] { Loop(); });
}

MetricsAgent::~MetricsAgent() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void MetricsAgent::SetTarget(PushTarget target) {
  absl::MutexLock lock(&mutex_);
  target_ = std::move(target);
  changed_ = true;
}

PushTarget MetricsAgent::target() const {
  absl::MutexLock lock(&mutex_);
  return target_;
}

bool MetricsAgent::Await(absl::Time until) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(this, &MetricsAgent::HasChanged), until - clock_.Now());
  changed_ = false;
  return !stopping_;
}

void MetricsAgent::Measure(const PushTarget& target, absl::Time tick) {
  SampleBatch batch{.measured_at = tick, .samples = measure_()};
  const auto is_silent = [&](const MetricSample& s) { return target.silent_ids.count(s.id) != 0; };
  batch.samples.erase(std::remove_if(batch.samples.begin(), batch.samples.end(), is_silent),
                      batch.samples.end());
  if (!batch.samples.empty()) pending_.push_back(std::move(batch));
}

bool MetricsAgent::SendPending(const PushTarget& target) {
  while (!pending_.empty()) {
    const PushOutcome outcome = Push(client_, target, pending_.front());
    const bool too_old = clock_.Now() - pending_.front().measured_at > kMaxBatchAge;
    if (outcome == PushOutcome::kRetry && !too_old) return false;
    if (outcome == PushOutcome::kAccepted) {
      log_.Add(target.account_id, pending_.front(), clock_.Now());
    } else {
      base::LogWarning("samples dropped", {{"account", target.account_id},
                                           {"refused", outcome == PushOutcome::kRefused}});
    }
    pending_.pop_front();
  }
  return true;
}

void MetricsAgent::Loop() {
  PushTarget current{.enabled = false};
  absl::Time wake = absl::InfiniteFuture();
  absl::Time tick = absl::InfiniteFuture();
  while (Await(wake)) {
    PushTarget wanted = target();
    if (!wanted.enabled) {
      pending_.clear();
      tick = wake = absl::InfiniteFuture();
      current = std::move(wanted);
      continue;
    }
    if (!current.enabled || current.interval != wanted.interval) {
      tick = NextTick(clock_.Now(), wanted.interval);
    }
    current = std::move(wanted);
    if (clock_.Now() >= tick) {
      Measure(current, tick);
      // A tick that passed while a push hung is lost, as with a real agent.
      tick = NextTick(clock_.Now(), current.interval);
    }
    wake = SendPending(current) ? tick : std::min(tick, clock_.Now() + kRetryDelay);
  }
}

}  // namespace accordion::cloudsim
