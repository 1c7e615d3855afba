// Where an account's agents push to.
#pragma once

#include <set>
#include <string>

#include "absl/time/time.h"
#include "base/secret.h"

namespace accordion::cloudsim {

struct PushTarget {
  std::string account_id;
  std::string url;
  base::SecretString credential;  // sent as a bearer token
  absl::Duration interval = absl::Seconds(1);
  bool enabled = true;
  std::set<std::string> silent_ids;  // instances and listeners whose agents are dead
};

}  // namespace accordion::cloudsim
