#include "persistence/sealed_columns.h"

#include <pqxx/pqxx>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr Statement kDataKey("account_data_key",
                             "SELECT sealed_data_key FROM account WHERE id = $1");

}  // namespace

absl::StatusOr<std::optional<Bytes>> SealedColumns::Seal(const SealedPlace& place,
                                                         const base::SecretString& secret) {
  if (secret.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const DataKey* key, KeyOf(place.account_id));
  return Bytes{key->Seal(place, secret)};
}

absl::StatusOr<base::SecretString> SealedColumns::Open(const SealedPlace& place,
                                                       const std::optional<Bytes>& sealed) {
  if (!sealed.has_value()) return base::SecretString();
  ASSIGN_OR_RETURN(const DataKey* key, KeyOf(place.account_id));
  return key->Open(place, sealed->value);
}

absl::StatusOr<const DataKey*> SealedColumns::KeyOf(const domain::AccountId& account) {
  std::unique_ptr<DataKey>& key = keys_[account];
  if (key == nullptr) {
    const pqxx::result result = sql_.Run(kDataKey, Params(account));
    if (result.empty()) return absl::FailedPreconditionError("no such account");
    Bytes sealed;
    ReadFirst(result, sealed);
    ASSIGN_OR_RETURN(DataKey opened, cipher_.OpenDataKey(account, sealed.value));
    key = std::make_unique<DataKey>(std::move(opened));
  }
  return key.get();
}

}  // namespace accordion::persistence
