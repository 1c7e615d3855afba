// ports::AddressCloud over the cloud's EIP OpenAPI.
#pragma once

#include "engine/cloud/openapi_client.h"
#include "engine/ports/address_cloud.h"

namespace accordion::cloud {

// Thread-safe.
class EipAddresses final : public ports::AddressCloud {
 public:
  EipAddresses(OpenApiClient& client, const base::Clock& clock);

  absl::StatusOr<std::vector<activity::ObservedAddress>> AddressesOf(
      const domain::AccountId& account, const activity::ListAddresses& look) override;
  absl::StatusOr<std::optional<activity::ObservedAddress>> ReadAddress(
      const domain::AccountId& account, const activity::ReadAddress& read) override;
  absl::Status ReleaseAddress(const domain::AccountId& account,
                              absl::string_view allocation_id) override;

 private:
  absl::StatusOr<std::vector<activity::ObservedAddress>> Describe(
      const domain::AccountId& account, int64_t project_id, const base::sigv4::Parameters& filter);

  OpenApiClient& client_;
  const base::Clock& clock_;
};

}  // namespace accordion::cloud
