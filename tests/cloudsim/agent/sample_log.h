// The samples that agents have pushed, so that a test can compute again what the engine computed.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/cloudsim/agent/sample_batch.h"

namespace accordion::cloudsim {

struct PushedSample {
  std::string account_id;
  MetricSample sample;
  absl::Time measured_at;
  absl::Time accepted_at;  // when the receiver had answered
};

struct SampleQuery {
  std::string account_id;  // empty: any
  std::string metric;      // empty: any
  std::string id;          // instance or listener; empty: any
  absl::Time since = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();  // exclusive
};

// Keeps what the receiver accepted; forgets the oldest beyond `capacity`. Thread-safe.
class SampleLog {
 public:
  explicit SampleLog(std::size_t capacity) : capacity_(capacity) {}

  void Add(const std::string& account_id, const SampleBatch& batch, absl::Time accepted_at);
  std::vector<PushedSample> Find(const SampleQuery& query) const;

 private:
  const std::size_t capacity_;
  mutable absl::Mutex mutex_;
  std::deque<PushedSample> samples_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::cloudsim
