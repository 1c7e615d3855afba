#include "engine/cloud/stored_credentials.h"

#include "base/status_macros.h"

namespace accordion::cloud {

StoredCredentials::StoredCredentials(ports::Store& store, const base::Clock& clock,
                                     absl::Duration keep)
    : store_(store), clock_(clock), keep_(keep) {}

absl::StatusOr<ports::CloudCredential> StoredCredentials::CredentialOf(
    const domain::AccountId& account) {
  const absl::Duration now = clock_.BootTime();
  {
    absl::MutexLock lock(&mutex_);
    const auto kept = kept_.find(account);
    if (kept != kept_.end() && now - kept->second.read_at < keep_) return kept->second.credential;
  }
  ports::CloudCredential credential;
  const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(credential, tx.accounts().GetCloudCredential(account));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  absl::MutexLock lock(&mutex_);
  kept_[account] = {credential, now};
  return credential;
}

void StoredCredentials::Refused(const domain::AccountId& account) {
  absl::MutexLock lock(&mutex_);
  kept_.erase(account);
}

}  // namespace accordion::cloud
