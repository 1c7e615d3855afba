// Accounts, access keys, cloud credentials, metric credentials and quotas: rows set by operators.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"
#include "engine/domain/limits.h"
#include "engine/domain/types.h"

namespace accordion::ports {

struct Account {
  domain::AccountId id;
  std::string name;
  bool frozen = false;  // AccessDenied for everything
};

struct AccessKey {
  std::string access_key_id;
  base::SecretString secret_key;
  domain::AccountId account_id;
  std::string user;  // "root" for the main account
  bool enabled = true;
  std::vector<std::string> allow;  // patterns such as `kec:Describe*`; the main account needs none
  // Of temporary keys: the SHA-256 (hex) of the session token that must come along, and their end.
  std::string security_token_sha256;
  absl::Time expires_at = absl::InfiniteFuture();
};

// What the engine signs calls to the cloud with, for one account (I-23: account(credential) =
// account(group)).
struct CloudCredential {
  domain::AccountId account_id;
  std::string access_key_id;
  base::SecretString secret_key;
};

// A bearer token's SHA-256 (hex) that may push samples.
struct MetricCredential {
  std::string token_sha256;
  domain::AccountId account_id;
  bool push_any = false;  // a region's collector
};

// All Puts are upserts. kNotFound (plain) for what is absent.
class AccountStore {
 public:
  virtual ~AccountStore() = default;

  virtual absl::Status PutAccount(const Account& account) = 0;
  virtual absl::StatusOr<Account> GetAccount(const domain::AccountId& id) = 0;
  virtual absl::Status PutAccessKey(const AccessKey& key) = 0;
  virtual absl::StatusOr<AccessKey> GetAccessKey(absl::string_view access_key_id) = 0;
  virtual absl::Status PutCloudCredential(const CloudCredential& credential) = 0;
  virtual absl::StatusOr<CloudCredential> GetCloudCredential(const domain::AccountId& account) = 0;
  virtual absl::Status PutMetricCredential(const MetricCredential& credential) = 0;
  virtual absl::StatusOr<MetricCredential> GetMetricCredential(absl::string_view token_sha256) = 0;
  // The account's quotas: the defaults with its rows over them.
  virtual absl::StatusOr<domain::Quotas> GetQuotas(const domain::AccountId& account) = 0;
  // The same, and holds the account until the transaction ends: of two that count what the account
  // has and add to it, the second sees what the first added.
  virtual absl::StatusOr<domain::Quotas> LockQuotas(const domain::AccountId& account) = 0;
  // `name` is a field of domain::Quotas ("max_size"); kInvalidArgument for another.
  virtual absl::Status PutQuota(const domain::AccountId& account, absl::string_view name,
                                int value) = 0;
};

}  // namespace accordion::ports
