// Endpoints: where the members of a group must be registered, against where one is.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "engine/domain/member.h"
#include "engine/domain/scaling_group.h"

namespace accordion::domain {

// One port of a member behind one listener.
struct Endpoint {
  ListenerId listener_id;
  int port = 0;
  int weight = 20;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// The endpoints of the load balancers, in their order, that have no registration which is certain.
// A registration counts whatever its weight: the cloud has no call that only changes that.
std::vector<Endpoint> MissingEndpoints(absl::Span<const SlbConfig> configs,
                                       absl::Span<const Registration> registrations);

bool IsWanted(absl::Span<const SlbConfig> configs, const Registration& registration);

// Whether every endpoint is registered, and nothing else is or may be.
bool IsRegisteredAsWanted(absl::Span<const SlbConfig> configs,
                          absl::Span<const Registration> registrations);

}  // namespace accordion::domain
