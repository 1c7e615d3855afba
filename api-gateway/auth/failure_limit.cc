#include "api-gateway/auth/failure_limit.h"

#include "absl/strings/str_cat.h"
#include "api-gateway/limits.h"

namespace accordion::gateway {

absl::Duration FailureLimit::Charge(absl::string_view address, absl::string_view access_key_id,
                                    absl::Time now) {
  by_address_.Take(address, now);
  return by_key_.Take(
      absl::StrCat(address, "/", access_key_id.substr(0, limits::kMaxAccessKeyBytes)), now);
}

}  // namespace accordion::gateway
