// Secrets at rest: AES-256-GCM under a key per account, each sealed by the operator's key
// (reliability.md C13).
//
// The associated data names the place of a secret (account, table, column, row, key version), so
// that a ciphertext copied to another row, column or account does not open.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/secret.h"
#include "engine/domain/types.h"

namespace accordion::persistence {

// Where a sealed value stands.
struct SealedPlace {
  domain::AccountId account_id;
  absl::string_view table;
  absl::string_view column;
  std::string row_id;
};

// An account's key. Thread-safe.
class DataKey {
 public:
  explicit DataKey(base::SecretString key) : key_(std::move(key)) {}

  // A key version byte, a random nonce of 12 bytes, the ciphertext, a tag of 16 bytes.
  std::string Seal(const SealedPlace& place, const base::SecretString& secret) const;
  // kDataLoss if it was not sealed with this key for this place.
  absl::StatusOr<base::SecretString> Open(const SealedPlace& place, absl::string_view sealed) const;

 private:
  base::SecretString key_;
};

// The operator's key. Thread-safe.
class EnvelopeCipher {
 public:
  static constexpr size_t kKeyBytes = 32;

  // The file holds 32 raw bytes, and only its owner may read it: else kFailedPrecondition.
  static absl::StatusOr<EnvelopeCipher> FromKeyFile(const std::string& path);
  explicit EnvelopeCipher(base::SecretString key) : master_(std::move(key)) {}

  // A fresh random key for the account, sealed.
  std::string NewDataKey(const domain::AccountId& account) const;
  absl::StatusOr<DataKey> OpenDataKey(const domain::AccountId& account,
                                      absl::string_view sealed) const;

 private:
  DataKey master_;
};

}  // namespace accordion::persistence
