#include "engine/cloud/manners/circuit_breaker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace accordion::cloud {

bool CircuitBreaker::Admits(absl::Duration now) const {
  switch (state_) {
    case State::kClosed:
      return true;
    case State::kOpen:
      return now >= probe_at_;
    case State::kHalfOpen:
      return false;
  }
  return true;
}

bool CircuitBreaker::Begin(absl::Duration now) {
  if (state_ != State::kOpen || now < probe_at_) return false;
  state_ = State::kHalfOpen;
  return true;
}

void CircuitBreaker::End(bool probe, bool failed, absl::Duration now) {
  if (state_ != State::kClosed) {
    // What was under way when it opened is the past.
    if (!probe) return;
    if (failed) return Open(now);
    state_ = State::kClosed;
  }
  failed_.push_back(failed);
  if (failed_.size() > static_cast<size_t>(options_.calls)) failed_.pop_front();
  if (failed_.size() < static_cast<size_t>(options_.calls)) return;
  const auto failures = std::count(failed_.begin(), failed_.end(), true);
  if (failures * 100 >= int64_t{options_.failures_percent} * options_.calls) Open(now);
}

void CircuitBreaker::Open(absl::Duration now) {
  state_ = State::kOpen;
  probe_at_ = now + options_.rest;
  failed_.clear();
}

const char* BreakerStateName(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::kClosed:
      return "closed";
    case CircuitBreaker::State::kOpen:
      return "open";
    case CircuitBreaker::State::kHalfOpen:
      return "half_open";
  }
  return "";
}

}  // namespace accordion::cloud
