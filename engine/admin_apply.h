// `accordion-engine admin apply FILE`: brings an engine's accounts to what a JSON file says, by its
// admin rpc.
//
//   {"accounts": [{"account_id": "73400123", "name": "demo", "frozen": false,
//                  "access_keys": [{"access_key_id": "...", "secret_key": "...", "user": "root",
//                  "enabled": true,
//                                   "allow_patterns": ["kec:Describe*"]}],
//                  "cloud_credential": {"access_key_id": "...", "secret_key": "..."},
//                  "metric_credentials": [{"token_sha256": "...", "push_any": false}],
//                  "contacts": [{"contact_id": "hook", "kind": "webhook",
//                                "address": "https://...", "secret": "..."}],
//                  "quotas": {"max_size": 100}}]}
//
// Members of an entry are the fields of the admin rpcs' requests; what an entry doesn't name stays
// as it is.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace accordion {

// Applies the whole file in order. InvalidArgument says what in the file is wrong; nothing is sent
// then. Other errors are the engine's and name the call; applying again is safe.
absl::Status ApplyAccounts(const std::string& path, const std::string& engine);

}  // namespace accordion
