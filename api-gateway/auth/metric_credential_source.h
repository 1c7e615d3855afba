// Where the gateway learns which account a remote-write credential belongs to.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace accordion::gateway {

struct MetricCredential {
  std::string account_id;
  bool may_push_any = false;  // a region's collector: for every account
  bool is_frozen = false;
};

// Thread-safe.
class MetricCredentialSource {
 public:
  // A null pointer: there is no such credential. A Status: the key store did not answer.
  using Callback = std::function<void(absl::StatusOr<std::shared_ptr<const MetricCredential>>)>;

  virtual ~MetricCredentialSource() = default;

  // `token_sha256`: lower-case hex; the token itself never leaves the gateway. Calls `done` exactly
  // once, on this or another thread, possibly before returning.
  virtual void Find(absl::string_view token_sha256, Callback done) = 0;
};

}  // namespace accordion::gateway
