// The SigV4 keys derived from secrets, kept for the requests that follow.
//
// A derived key holds for one secret, day, region and service. Bounded: an account that signs all
// day takes one place a region. Nothing of a request but what the gateway knows (a stored secret, a
// day inside the window, a served region) makes an entry, so strangers cannot fill it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "base/secret.h"
#include "base/sigv4.h"

namespace accordion::gateway {

// Thread-safe.
class SigningKeys {
 public:
  explicit SigningKeys(std::size_t max_keys) : max_keys_(max_keys) {}

  // sigv4::DeriveKey of the scope under `secret_key`, from the cache where it is there.
  base::SecretString Derive(const base::SecretString& secret_key,
                            const base::sigv4::CredentialScope& scope);

  std::size_t size() const;

 private:
  struct Entry {
    base::SecretString secret_key;
    std::string date, region, service;
    base::SecretString derived;
  };

  const std::size_t max_keys_;
  mutable absl::Mutex mutex_;
  // By a hash of all that a key is derived from. Two that share one replace each other.
  absl::flat_hash_map<std::uint64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::gateway
