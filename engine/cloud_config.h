// The settings of the engine's manners towards the cloud as an operator writes them, and what the
// cloud's client makes of them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/settings.h"
#include "engine/cloud/cloud.h"

namespace accordion {

struct CloudManners {
  cloud::GateOptions gate;
  std::vector<std::string> action_rates = {"RunInstances=20"};  // "ACTION=CALLS"
  absl::Duration share_reads = cloud::GatherOptions().share;
  std::vector<std::string> failure_classes;  // "CODE=CLASS"
};

// The keys bound to `manners`.
std::vector<base::Setting> CloudMannersSettingsOf(CloudManners& manners);

// Sets gate, reads and failure classes of `options`. `poll`: between a slot's reads of its
// instance. InvalidArgument says which key is wrong and how.
absl::Status ApplyManners(const CloudManners& manners, absl::Duration poll,
                          cloud::CloudOptions& options);

}  // namespace accordion
