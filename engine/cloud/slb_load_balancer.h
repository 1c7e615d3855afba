// ports::LoadBalancerCloud over the cloud's SLB OpenAPI.
#pragma once

#include "engine/cloud/openapi_client.h"
#include "engine/ports/load_balancer_cloud.h"

namespace accordion::cloud {

// Thread-safe.
class SlbLoadBalancer final : public ports::LoadBalancerCloud {
 public:
  SlbLoadBalancer(OpenApiClient& client, const base::Clock& clock);

  absl::StatusOr<std::string> Register(const domain::AccountId& account,
                                       const activity::Register& call) override;
  absl::StatusOr<std::vector<ports::RealServer>> List(const domain::AccountId& account,
                                                      const domain::ListenerId& listener) override;
  absl::Status Deregister(const domain::AccountId& account, absl::string_view register_id) override;

 private:
  OpenApiClient& client_;
  const base::Clock& clock_;
};

}  // namespace accordion::cloud
