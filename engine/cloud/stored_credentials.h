// Cloud credentials from the store, kept for a short while (at most 5 minutes, reliability.md C13).
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/cloud/openapi_client.h"
#include "engine/ports/store.h"

namespace accordion::cloud {

// Thread-safe.
class StoredCredentials final : public CredentialSource {
 public:
  StoredCredentials(ports::Store& store, const base::Clock& clock, absl::Duration keep);

  absl::StatusOr<ports::CloudCredential> CredentialOf(const domain::AccountId& account) override;
  void Refused(const domain::AccountId& account) override;

 private:
  struct Kept {
    ports::CloudCredential credential;
    absl::Duration read_at;  // boot time
  };

  ports::Store& store_;
  const base::Clock& clock_;
  const absl::Duration keep_;
  absl::Mutex mutex_;
  absl::flat_hash_map<domain::AccountId, Kept> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::cloud
