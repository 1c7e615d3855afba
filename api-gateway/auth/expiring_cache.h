// A bounded map from a string to an answer that ages, in front of an asynchronous source.
//
// One question at a time a key: callers that ask while it is open wait for the same answer. "There
// is none" is kept too, but shortly, so that a new key works soon and a stream of unknown ones does
// not reach the source. Failures are not kept.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace accordion::gateway {

// Thread-safe. Must outlive every open question. A null pointer is "there is none".
template <typename Value>
class ExpiringCache {
 public:
  using Answer = absl::StatusOr<std::shared_ptr<const Value>>;
  using Callback = std::function<void(Answer)>;
  using Source = std::function<void(absl::string_view key, Callback)>;

  struct Limits {
    absl::Duration ttl;
    absl::Duration unknown_ttl;
    std::size_t max_entries;
  };

  ExpiringCache(Limits limits, const base::Clock* clock, Source source)
      : limits_(limits), clock_(*clock), source_(std::move(source)) {}

  // Calls `done` exactly once, on this or the source's thread.
  void Find(absl::string_view key, Callback done) {
    std::shared_ptr<const Value> cached;
    {
      absl::MutexLock lock(&mutex_);
      const auto found = entries_.find(key);
      if (found == entries_.end() || found->second.expires_at <= clock_.Now()) {
        std::vector<Callback>& waiting = waiting_[std::string(key)];
        waiting.push_back(std::move(done));
        if (waiting.size() > 1) return;
        done = nullptr;
      } else {
        cached = found->second.value;
      }
    }
    if (done != nullptr) {
      done(std::move(cached));
      return;
    }
    source_(key, [this, key = std::string(key)](Answer answer) { Settle(key, std::move(answer)); });
  }

 private:
  struct Entry {
    std::shared_ptr<const Value> value;
    absl::Time expires_at;
  };

  void Settle(const std::string& key, Answer answer) {
    std::vector<Callback> waiting;
    {
      absl::MutexLock lock(&mutex_);
      if (answer.ok()) {
        if (entries_.size() >= limits_.max_entries) MakeRoom();
        const absl::Duration ttl = *answer == nullptr ? limits_.unknown_ttl : limits_.ttl;
        entries_[key] = Entry{*answer, clock_.Now() + ttl};
      }
      const auto found = waiting_.find(key);
      waiting = std::move(found->second);
      waiting_.erase(found);
    }
    for (Callback& done : waiting) done(answer);
  }

  // Drops what has expired, and everything where that is nothing: rare, and it costs one question a
  // key.
  void MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const absl::Time now = clock_.Now();
    for (auto it = entries_.begin(); it != entries_.end();) {
      if (it->second.expires_at <= now) {
        entries_.erase(it++);
      } else {
        ++it;
      }
    }
    if (entries_.size() >= limits_.max_entries) entries_.clear();
  }

  const Limits limits_;
  const base::Clock& clock_;
  const Source source_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::vector<Callback>> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::gateway
