// The engine's adapters of the cloud, pointed at a port of this machine.
#pragma once

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "engine/cloud/eip_addresses.h"
#include "engine/cloud/kec_compute.h"
#include "engine/cloud/openapi_client.h"
#include "engine/cloud/openapi_inventory.h"
#include "engine/cloud/slb_load_balancer.h"
#include "tests/cloudsim/region/region_spec.h"

namespace accordion::cloud {

class FixedCredential final : public CredentialSource {
 public:
  explicit FixedCredential(ports::CloudCredential credential)
      : credential_(std::move(credential)) {}
  absl::StatusOr<ports::CloudCredential> CredentialOf(const domain::AccountId& account) override {
    if (account != credential_.account_id) return absl::NotFoundError("cloud credential");
    return credential_;
  }

 private:
  const ports::CloudCredential credential_;
};

inline ports::CloudCredential CredentialOf(const cloudsim::AccountSpec& account) {
  return {.account_id = domain::AccountId(account.id),
          .access_key_id = account.access_key,
          .secret_key = base::SecretString(account.secret_key)};
}

// A short time-out, since some tests wait for it.
inline OpenApiOptions HttpCloudOptions(int port) {
  return {.endpoint = absl::StrCat("http://127.0.0.1:", port),
          .region = "cn-beijing-6",
          .call_timeout = absl::Milliseconds(400),
          .ca_file = ""};
}

struct HttpCloud {
  HttpCloud(const OpenApiOptions& options, ports::CloudCredential credential,
            const base::Clock& clock)
      : credentials(std::move(credential)),
        client(options, credentials, clock),
        compute(client, clock, {}),
        load_balancers(client, clock),
        addresses(client, clock),
        inventory(client) {}

  FixedCredential credentials;
  OpenApiClient client;
  KecCompute compute;
  SlbLoadBalancer load_balancers;
  EipAddresses addresses;
  OpenApiInventory inventory;
};

}  // namespace accordion::cloud
