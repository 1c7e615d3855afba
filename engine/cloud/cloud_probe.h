// Whether the cloud's OpenAPI answers at all, for readiness and for a clear word to the operator.
// Nothing is decided by it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/http_client.h"

namespace accordion::cloud {

// Thread-safe.
class CloudProbe {
 public:
  CloudProbe(std::string endpoint, std::string ca_file, absl::Duration timeout);

  // Asks once, unsigned. OK for any HTTP answer, also a refusal; else what went wrong.
  absl::Status Reach();

 private:
  const std::string url_;
  const absl::Duration timeout_;
  base::HttpClient http_;
};

}  // namespace accordion::cloud
