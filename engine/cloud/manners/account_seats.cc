#include "engine/cloud/manners/account_seats.h"

namespace accordion::cloud {

std::optional<AccountSeats::Seat> AccountSeats::Take(const domain::AccountId& account) {
  absl::MutexLock lock(&mutex_);
  int& taken = taken_[account];
  if (taken >= seats_) return std::nullopt;
  ++taken;
  return Seat(*this, account);
}

int AccountSeats::Taken(const domain::AccountId& account) {
  absl::MutexLock lock(&mutex_);
  const auto taken = taken_.find(account);
  return taken == taken_.end() ? 0 : taken->second;
}

void AccountSeats::Leave(const domain::AccountId& account) {
  absl::MutexLock lock(&mutex_);
  const auto taken = taken_.find(account);
  if (--taken->second == 0) taken_.erase(taken);
}

}  // namespace accordion::cloud
