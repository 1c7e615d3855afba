// ports::CloudInventory over the cloud's OpenAPI: always fresh.
#pragma once

#include "engine/cloud/openapi_client.h"
#include "engine/ports/cloud_inventory.h"

namespace accordion::cloud {

// Thread-safe.
class OpenApiInventory final : public ports::CloudInventory {
 public:
  explicit OpenApiInventory(OpenApiClient& client);

  absl::StatusOr<std::vector<ports::SubnetInfo>> Subnets(
      const domain::AccountId& account, const std::vector<domain::SubnetId>& ids) override;
  absl::StatusOr<std::string> SecurityGroupVpc(const domain::AccountId& account,
                                               absl::string_view id) override;
  absl::StatusOr<ports::ListenerInfo> Listener(const domain::AccountId& account,
                                               const domain::ListenerId& id) override;
  absl::Status Image(const domain::AccountId& account, absl::string_view id) override;
  absl::StatusOr<ports::InstanceTypeInfo> InstanceType(const domain::AccountId& account,
                                                       absl::string_view name) override;
  absl::StatusOr<std::vector<ports::InstanceInfo>> Instances(
      const domain::AccountId& account, const std::vector<int64_t>& projects,
      const std::vector<domain::InstanceId>& ids) override;

 private:
  OpenApiClient& client_;
};

}  // namespace accordion::cloud
