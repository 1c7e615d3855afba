// Seals and opens the secret columns of one transaction, reading each account's key once.
//
// Keys are cached for the transaction only: a key that a later rolled-back transaction made must
// not survive it.
#pragma once

#include <memory>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/secret.h"
#include "persistence/envelope_cipher.h"
#include "persistence/params.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

// Not thread-safe. The calls throw what SqlTransaction::Run throws.
class SealedColumns {
 public:
  SealedColumns(SqlTransaction& sql, const EnvelopeCipher& cipher) : sql_(sql), cipher_(cipher) {}

  // kFailedPrecondition if the account does not exist; nullopt (NULL) for an empty secret.
  absl::StatusOr<std::optional<Bytes>> Seal(const SealedPlace& place,
                                            const base::SecretString& secret);
  absl::StatusOr<base::SecretString> Open(const SealedPlace& place,
                                          const std::optional<Bytes>& sealed);

  const EnvelopeCipher& cipher() const { return cipher_; }

 private:
  absl::StatusOr<const DataKey*> KeyOf(const domain::AccountId& account);

  SqlTransaction& sql_;
  const EnvelopeCipher& cipher_;
  absl::flat_hash_map<domain::AccountId, std::unique_ptr<DataKey>> keys_;
};

}  // namespace accordion::persistence
