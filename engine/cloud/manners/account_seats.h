// How many threads one account may keep busy with the cloud at the same time, so that a tenant
// whose calls hang can't fill the lane that all accounts share (reliability.md C9).
#pragma once

#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "engine/domain/types.h"

namespace accordion::cloud {

// Thread-safe.
class AccountSeats {
 public:
  // A seat, given back when it is destroyed.
  class Seat {
   public:
    Seat(AccountSeats& seats, domain::AccountId account)
        : seats_(&seats), account_(std::move(account)) {}
    ~Seat() {
      if (seats_ != nullptr) seats_->Leave(account_);
    }
    Seat(Seat&& from) noexcept
        : seats_(std::exchange(from.seats_, nullptr)), account_(std::move(from.account_)) {}
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    Seat& operator=(Seat&&) = delete;

   private:
    AccountSeats* seats_;
    domain::AccountId account_;
  };

  explicit AccountSeats(int seats) : seats_(seats) {}

  // nullopt: all are taken.
  std::optional<Seat> Take(const domain::AccountId& account);
  int Taken(const domain::AccountId& account);

 private:
  void Leave(const domain::AccountId& account);

  const int seats_;
  absl::Mutex mutex_;
  absl::flat_hash_map<domain::AccountId, int> taken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::cloud
