// One thread owns the rpc and its completion queue; Push only hands it batches. The states of the
// rpc:
//
//   kIdle --batch--> kStarting --started--> kOpen --broken--> kFinishing --status--> kIdle
//                        \------- refused ---------------------^
#include "api-gateway/engine/sample_stream.h"

#include <grpc/support/time.h>
#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "accordion/v1/metric_ingestion_service.grpc.pb.h"
#include "api-gateway/limits.h"
#include "base/log.h"

namespace accordion::gateway {
namespace {

enum class Event : std::intptr_t { kWake = 1, kStarted, kRead, kWritten, kFinished };

void* Tag(Event event) { return reinterpret_cast<void*>(event); }

gpr_timespec FromNow(absl::Duration wait) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(absl::ToInt64Milliseconds(wait), GPR_TIMESPAN));
}

v1::PushSamplesRequest ToRequest(const SampleBatch& batch) {
  v1::PushSamplesRequest request;
  request.set_account_id(batch.account_id);
  request.set_any_account(batch.any_account);
  request.mutable_resource_ids()->Add(batch.resource_ids.begin(), batch.resource_ids.end());
  request.mutable_resource_indices()->Add(batch.resource_indices.begin(),
                                          batch.resource_indices.end());
  request.mutable_dimensions()->Add(batch.dimensions.begin(), batch.dimensions.end());
  request.mutable_timestamps_ms()->Add(batch.timestamps_ms.begin(), batch.timestamps_ms.end());
  request.mutable_values()->Add(batch.values.begin(), batch.values.end());
  return request;
}

class GrpcSampleStream final : public SampleStream {
 public:
  GrpcSampleStream(std::shared_ptr<grpc::Channel> channel, SampleStreamOptions options,
                   const base::Clock* clock)
      : stub_(v1::MetricIngestionService::NewStub(std::move(channel))),
        options_(options),
        clock_(*clock),
        thread_([this] { Run(); }) {}

  ~GrpcSampleStream() override {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
      Wake();
    }
    thread_.join();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  void Push(SampleBatch batch, Callback done) override {
    {
      absl::MutexLock lock(&mutex_);
      const std::size_t bytes = batch.bytes();
      if (!stopping_ && held_batches_ < limits::kMaxUnackedBatches &&
          held_bytes_ + bytes <= limits::kMaxUnackedBytes) {
        ++held_batches_;
        held_bytes_ += bytes;
        queued_.push_back({std::move(batch), std::move(done), bytes, clock_.BootTime()});
        Wake();
        return;
      }
    }
    done(absl::UnavailableError("too many samples wait for the engine"));
  }

 private:
  enum class State { kIdle, kStarting, kOpen, kFinishing };

  struct Held {
    SampleBatch batch;  // empty once it is written
    Callback done;
    std::size_t bytes;
    absl::Duration pushed_at;  // boot time
  };

  void Wake() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (wake_ != nullptr) return;
    wake_ = std::make_unique<grpc::Alarm>();
    wake_->Set(&queue_, gpr_now(GPR_CLOCK_MONOTONIC), Tag(Event::kWake));
  }

  void Run() {
    const absl::Duration tick = std::max(options_.ack_timeout / 4, absl::Milliseconds(10));
    while (true) {
      void* tag = nullptr;
      bool ok = false;
      if (queue_.AsyncNext(&tag, &ok, FromNow(tick)) == grpc::CompletionQueue::GOT_EVENT) {
        Handle(static_cast<Event>(reinterpret_cast<std::intptr_t>(tag)), ok);
      }
      bool stopping = false;
      {
        absl::MutexLock lock(&mutex_);
        stopping = stopping_;
      }
      if (stopping && state_ == State::kIdle) break;
      if (stopping || OldestIsOverdue()) Cancel();
      if (!stopping) Pump();
    }
    FailAll(absl::UnavailableError("the gateway is stopping"));
  }

  void Handle(Event event, bool ok) {
    switch (event) {
      case Event::kWake: {
        absl::MutexLock lock(&mutex_);
        wake_.reset();
        break;
      }
      case Event::kStarted:
        if (ok) {
          state_ = State::kOpen;
          reading_ = true;
          stream_->Read(&answer_, Tag(Event::kRead));
        } else {
          Finish();
        }
        break;
      case Event::kRead:
        reading_ = false;
        if (ok && !unacked_.empty()) {
          Acknowledge();
          reading_ = true;
          stream_->Read(&answer_, Tag(Event::kRead));
        } else {
          context_->TryCancel();  // an answer to nothing is as broken as none
          Finish();
        }
        break;
      case Event::kWritten:
        writing_ = false;
        if (!ok) Finish();
        break;
      case Event::kFinished:
        OnFinished();
        break;
    }
  }

  // Asks for the rpc's status, once nothing else of it is under way.
  void Finish() {
    if (reading_ || writing_ || state_ == State::kFinishing) return;
    state_ = State::kFinishing;
    stream_->Finish(&status_, Tag(Event::kFinished));
  }

  void OnFinished() {
    base::LogWarning("sample stream broken", {{"grpc_code", static_cast<int>(status_.error_code())},
                                              {"grpc_message", status_.error_message()}});
    stream_.reset();
    context_.reset();
    state_ = State::kIdle;
    retry_at_ = clock_.BootTime() + backoff_;
    backoff_ = std::min(backoff_ * 2, absl::Milliseconds(limits::kReconnectMaxMs));
    FailAll(absl::UnavailableError("the engine did not take the samples"));
  }

  void Pump() {
    if (state_ == State::kOpen && !writing_) {
      WriteNext();
    } else if (state_ == State::kIdle && HasQueued()) {
      if (clock_.BootTime() < retry_at_) {
        FailAll(absl::UnavailableError("the engine is away"));
        return;
      }
      context_ = std::make_unique<grpc::ClientContext>();
      stream_ = stub_->PrepareAsyncPush(context_.get(), &queue_);
      state_ = State::kStarting;
      stream_->StartCall(Tag(Event::kStarted));
    }
  }

  bool HasQueued() {
    absl::MutexLock lock(&mutex_);
    return !queued_.empty();
  }

  void WriteNext() {
    {
      absl::MutexLock lock(&mutex_);
      if (queued_.empty()) return;
      unacked_.push_back(std::move(queued_.front()));
      queued_.pop_front();
    }
    request_ = ToRequest(unacked_.back().batch);
    unacked_.back().batch = SampleBatch();
    writing_ = true;
    stream_->Write(request_, Tag(Event::kWritten));
  }

  void Acknowledge() {
    Held held = std::move(unacked_.front());
    unacked_.pop_front();
    backoff_ = absl::Milliseconds(limits::kReconnectMinMs);
    Release(held.bytes);
    held.done(absl::OkStatus());
  }

  void Release(std::size_t bytes) {
    absl::MutexLock lock(&mutex_);
    --held_batches_;
    held_bytes_ -= bytes;
  }

  void FailAll(const absl::Status& status) {
    std::deque<Held> failed = std::exchange(unacked_, {});
    {
      absl::MutexLock lock(&mutex_);
      for (Held& held : queued_) failed.push_back(std::move(held));
      queued_.clear();
    }
    for (Held& held : failed) {
      Release(held.bytes);
      held.done(status);
    }
  }

  bool OldestIsOverdue() {
    absl::Duration oldest = absl::InfiniteDuration();
    if (!unacked_.empty()) {
      oldest = unacked_.front().pushed_at;
    } else {
      absl::MutexLock lock(&mutex_);
      if (!queued_.empty()) oldest = queued_.front().pushed_at;
    }
    return clock_.BootTime() - oldest > options_.ack_timeout;
  }

  void Cancel() {
    if (context_ != nullptr) context_->TryCancel();
  }

  const std::unique_ptr<v1::MetricIngestionService::Stub> stub_;
  const SampleStreamOptions options_;
  const base::Clock& clock_;
  grpc::CompletionQueue queue_;

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<grpc::Alarm> wake_ ABSL_GUARDED_BY(mutex_);  // set: the thread will look
  std::deque<Held> queued_ ABSL_GUARDED_BY(mutex_);
  std::size_t held_batches_ ABSL_GUARDED_BY(mutex_) = 0;  // queued and unanswered
  std::size_t held_bytes_ ABSL_GUARDED_BY(mutex_) = 0;

  // The thread's own.
  State state_ = State::kIdle;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<v1::PushSamplesRequest, v1::PushSamplesResponse>>
      stream_;
  v1::PushSamplesRequest request_;
  v1::PushSamplesResponse answer_;
  grpc::Status status_;
  bool reading_ = false;
  bool writing_ = false;
  std::deque<Held> unacked_;  // written, in order
  absl::Duration retry_at_ = absl::ZeroDuration();
  absl::Duration backoff_ = absl::Milliseconds(limits::kReconnectMinMs);

  std::thread thread_;  // last: starts when everything above is there
};

}  // namespace

std::unique_ptr<SampleStream> MakeGrpcSampleStream(std::shared_ptr<grpc::Channel> channel,
                                                   SampleStreamOptions options,
                                                   const base::Clock* clock) {
  return std::make_unique<GrpcSampleStream>(std::move(channel), options, clock);
}

}  // namespace accordion::gateway
