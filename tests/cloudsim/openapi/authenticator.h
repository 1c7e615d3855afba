// Who signed a request: strict SigV4.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/http_message.h"
#include "tests/cloudsim/region/region_spec.h"

namespace accordion::cloudsim {

struct Principal {
  const AccountSpec* account = nullptr;
  std::string service;  // of the credential's scope
  absl::Time signed_at;
};

// Verifies the Authorization header against the region's accounts. Stricter than the real cloud:
// the date header must be signed, and a body hash that is sent must be right. Errors are the
// reference's rows (403 and 400).
//
// `query` are the decoded parameters of the query; `window` bounds the signature's age, either way.
absl::StatusOr<Principal> Authenticate(
    const base::HttpRequest& request, const std::vector<std::pair<std::string, std::string>>& query,
    const RegionSpec& spec, absl::Duration window, absl::Time now);

// 403 SignatureDoesNotMatch "Signature expired" when `signed_at` is further than `window` from
// `now`. A call that a fault delayed is checked again when it executes.
absl::Status CheckSignatureAge(absl::Time signed_at, absl::Duration window, absl::Time now);

}  // namespace accordion::cloudsim
