#include "api-gateway/auth/signing_keys.h"

#include "absl/hash/hash.h"

namespace accordion::gateway {

base::SecretString SigningKeys::Derive(const base::SecretString& secret_key,
                                       const base::sigv4::CredentialScope& scope) {
  const std::uint64_t hash =
      absl::HashOf(secret_key.Reveal(), scope.date, scope.region, scope.service);
  {
    absl::MutexLock lock(&mutex_);
    const auto found = entries_.find(hash);
    if (found != entries_.end()) {
      const Entry& entry = found->second;
      if (entry.date == scope.date && entry.region == scope.region &&
          entry.service == scope.service && entry.secret_key == secret_key) {
        return entry.derived;
      }
    }
  }
  base::SecretString derived =
      base::sigv4::DeriveKey(secret_key, scope.date, scope.region, scope.service);
  absl::MutexLock lock(&mutex_);
  // Yesterday's keys go with the others; what is in use comes back at one derivation each.
  if (entries_.size() >= max_keys_ && !entries_.contains(hash)) entries_.clear();
  entries_[hash] = Entry{secret_key, scope.date, scope.region, scope.service, derived};
  return derived;
}

std::size_t SigningKeys::size() const {
  absl::MutexLock lock(&mutex_);
  return entries_.size();
}

}  // namespace accordion::gateway
