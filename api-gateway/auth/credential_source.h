// Where the gateway learns the secret behind an access key id.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "api-gateway/auth/principal.h"
#include "base/secret.h"

namespace accordion::gateway {

struct Credential {
  Principal principal;
  base::SecretString secret_key;
  // Of temporary credentials: hex SHA-256 of the session token that must come along, and when both
  // end. Empty for a permanent key.
  std::string security_token_sha256;
  absl::Time expires_at = absl::InfiniteFuture();
};

// Thread-safe.
class CredentialSource {
 public:
  // A null pointer: there is no such key, or it is disabled. A Status: the key store did not
  // answer.
  using Callback = std::function<void(absl::StatusOr<std::shared_ptr<const Credential>>)>;

  virtual ~CredentialSource() = default;

  // Calls `done` exactly once, on this or another thread, possibly before returning.
  virtual void Find(absl::string_view access_key_id, Callback done) = 0;
};

}  // namespace accordion::gateway
