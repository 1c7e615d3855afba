// The cloud's load balancers, as the engine needs them. Blocking; see compute_cloud.h.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/activity/event.h"
#include "engine/domain/member.h"
#include "engine/domain/types.h"

namespace accordion::ports {

struct RealServer {
  std::string register_id;
  domain::ListenerId listener_id;
  domain::InstanceId instance_id;
  int port = 0;
  int weight = 0;
  bool healthy = false;
};

class LoadBalancerCloud {
 public:
  virtual ~LoadBalancerCloud() = default;

  // Registers one instance at one port; answers the RegisterId. Not idempotent: an error infers
  // nothing.
  virtual absl::StatusOr<std::string> Register(const domain::AccountId& account,
                                               const activity::Register& call) = 0;
  // All real servers of the listener.
  virtual absl::StatusOr<std::vector<RealServer>> List(const domain::AccountId& account,
                                                       const domain::ListenerId& listener) = 0;
  // OK if the cloud did it or does not have the registration.
  virtual absl::Status Deregister(const domain::AccountId& account,
                                  absl::string_view register_id) = 0;
};

}  // namespace accordion::ports
