// A store that fails when a test says so, and that a dead engine can't reach any more.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ports/lease.h"
#include "engine/ports/store.h"
#include "tests/support/lifeline.h"

namespace accordion::testing {

enum class StoreFault {
  kUnavailable,         // nothing is executed
  kUnknownNotExecuted,  // the answer to COMMIT is lost, and it rolled back
  kUnknownExecuted,     // the answer to COMMIT is lost, and it committed
};

// A decorator of one engine's view of the store. Not thread-safe.
template <typename Inner>  // both ports::Store and ports::LeaseStore
class FaultyStore final : public ports::Store, public ports::LeaseStore {
 public:
  FaultyStore(Inner& inner, Lifeline& lifeline) : inner_(inner), lifeline_(lifeline) {}

  // What happens to the `number`-th transaction or read from now, 1 is the next.
  void Fail(int number, StoreFault fault) { faults_[transactions_ + number] = fault; }
  // Asked before each transaction and read that no Fail is for.
  void SetFaultSource(std::function<std::optional<StoreFault>()> source) {
    source_ = std::move(source);
  }
  // Everything fails with kUnavailable while it is down.
  void SetDown(bool down) { down_ = down; }
  // The same for the calls of the lease alone.
  void SetLeaseDown(bool down) { lease_down_ = down; }
  // Called between the execution of a renewal and its answer.
  void OnRenewed(std::function<void()> on_renewed) { on_renewed_ = std::move(on_renewed); }
  // Transactions and reads so far.
  int transactions() const { return transactions_; }

  absl::Status Transact(Work work) override {
    return Guard("transaction", [&] { return inner_.Transact(work); });
  }
  absl::Status Transact(const ports::Fence& fence, Work work) override {
    return Guard("fenced transaction", [&] { return inner_.Transact(fence, work); });
  }
  absl::Status Read(Work work) override {
    return Guard("read", [&] { return inner_.Read(work); });
  }

  absl::StatusOr<int64_t> OpenSession(absl::string_view engine, absl::Duration ttl) override {
    if (!LeaseReachable()) return absl::UnavailableError("store is down");
    return inner_.OpenSession(engine, ttl);
  }
  absl::Status Renew(int64_t session, absl::Duration ttl) override {
    if (!LeaseReachable()) return absl::UnavailableError("store is down");
    const absl::Status renewed = inner_.Renew(session, ttl);
    if (on_renewed_) on_renewed_();
    return renewed;
  }
  absl::StatusOr<std::vector<ports::HeldShard>> Acquire(int64_t session) override {
    if (!LeaseReachable()) return absl::UnavailableError("store is down");
    return inner_.Acquire(session);
  }
  absl::Status Close(int64_t session) override {
    if (!LeaseReachable()) return absl::UnavailableError("store is down");
    return inner_.Close(session);
  }

 private:
  bool LeaseReachable() const { return !down_ && !lease_down_ && !lifeline_.dead(); }

  template <typename Run>
  absl::Status Guard(absl::string_view boundary, Run run) {
    if (down_ || !lifeline_.Pass(absl::StrCat("before ", boundary))) {
      return absl::UnavailableError("store is down");
    }
    const std::optional<StoreFault> fault = NextFault();
    if (fault == StoreFault::kUnavailable) return absl::UnavailableError("injected");
    if (fault == StoreFault::kUnknownNotExecuted) return absl::UnknownError("injected");
    const absl::Status status = run();
    if (!lifeline_.Pass(absl::StrCat("after ", boundary))) {
      return absl::UnavailableError("store is down");
    }
    // An error of the work itself is an answer that arrived.
    if (fault.has_value() && status.ok()) return absl::UnknownError("injected");
    return status;
  }

  std::optional<StoreFault> NextFault() {
    const auto planned = faults_.find(++transactions_);
    if (planned != faults_.end()) return planned->second;
    return source_ ? source_() : std::nullopt;
  }

  Inner& inner_;
  Lifeline& lifeline_;
  bool down_ = false;
  bool lease_down_ = false;
  int transactions_ = 0;
  std::map<int, StoreFault> faults_;
  std::function<std::optional<StoreFault>()> source_;
  std::function<void()> on_renewed_;
};

}  // namespace accordion::testing
