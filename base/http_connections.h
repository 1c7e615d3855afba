// How many connections an HTTP server has, in total and by the peer's address, and the limits.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace accordion::base {

// Thread-safe.
class HttpConnections {
 public:
  HttpConnections(size_t max_total, size_t max_per_address)
      : max_total_(max_total), max_per_address_(max_per_address) {}

  // False: a limit is reached, and the connection must be closed.
  bool Add(const std::string& address) {
    absl::MutexLock lock(&mutex_);
    size_t& count = by_address_[address];
    if (total_ >= max_total_ || count >= max_per_address_) {
      if (count == 0) by_address_.erase(address);
      return false;
    }
    ++count;
    ++total_;
    return true;
  }

  // Requires an Add of the same address that returned true.
  void Remove(const std::string& address) {
    absl::MutexLock lock(&mutex_);
    const auto found = by_address_.find(address);
    if (--found->second == 0) by_address_.erase(found);
    --total_;
  }

  // False: some are left after `timeout`.
  bool AwaitNone(absl::Duration timeout) {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(
                                       +[](size_t* total) { return *total == 0; }, &total_),
                                   timeout);
  }

 private:
  const size_t max_total_;
  const size_t max_per_address_;
  absl::Mutex mutex_;
  size_t total_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, size_t> by_address_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::base
