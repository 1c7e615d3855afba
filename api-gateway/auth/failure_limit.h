// How often signatures may fail, by address and by address and key (reliability.md E6).
//
// Two aims. An address that floods the gateway with made-up keys is turned away before any look-up.
// Past the limit of an address and key, a failure no longer says what was wrong; a right signature
// still passes, so that nobody can lock a user out by failing under that user's key.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "api-gateway/auth/throttle.h"

namespace accordion::gateway {

// Thread-safe; bounded by the throttles' tables.
class FailureLimit {
 public:
  struct Rates {
    Throttle::Rate of_key;      // failures of one key from one address
    Throttle::Rate of_address;  // failures from one address, over all keys
  };

  FailureLimit(Rates rates, std::size_t max_buckets)
      : by_key_(rates.of_key, max_buckets), by_address_(rates.of_address, max_buckets) {}

  // Zero, or how long `address` is to wait before anything of it is looked at.
  absl::Duration Wait(absl::string_view address, absl::Time now) {
    return by_address_.Wait(address, now);
  }

  // Counts one failure. Zero, or how long until the next one may be explained.
  absl::Duration Charge(absl::string_view address, absl::string_view access_key_id, absl::Time now);

 private:
  Throttle by_key_;
  Throttle by_address_;
};

}  // namespace accordion::gateway
