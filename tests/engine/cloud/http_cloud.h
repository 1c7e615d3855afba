// The engine's adapters of the cloud, pointed at a port of this machine.
#pragma once

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "engine/cloud/eip_addresses.h"
#include "engine/cloud/kec_compute.h"
#include "engine/cloud/openapi_client.h"
#include "engine/cloud/openapi_inventory.h"
#include "engine/cloud/slb_load_balancer.h"
#include "tests/cloudsim/region/region_spec.h"

namespace accordion::cloud {

// The keys that the tests' accounts have; no others.
class FixedCredentials final : public CredentialSource {
 public:
  explicit FixedCredentials(std::vector<ports::CloudCredential> credentials)
      : credentials_(std::move(credentials)) {}
  absl::StatusOr<ports::CloudCredential> CredentialOf(const domain::AccountId& account) override {
    for (const ports::CloudCredential& credential : credentials_) {
      if (credential.account_id == account) return credential;
    }
    return absl::NotFoundError("cloud credential");
  }
  void Refused(const domain::AccountId&) override {}

 private:
  const std::vector<ports::CloudCredential> credentials_;
};

inline ports::CloudCredential CredentialOf(const cloudsim::AccountSpec& account) {
  return {.account_id = domain::AccountId(account.id),
          .access_key_id = account.access_key,
          .secret_key = base::SecretString(account.secret_key)};
}

inline std::vector<ports::CloudCredential> CredentialsOf(const cloudsim::RegionSpec& spec) {
  std::vector<ports::CloudCredential> credentials;
  for (const cloudsim::AccountSpec& account : spec.accounts) {
    credentials.push_back(CredentialOf(account));
  }
  return credentials;
}

// A short time-out, since some tests wait for it.
inline OpenApiOptions HttpCloudOptions(int port) {
  return {.endpoint = absl::StrCat("http://127.0.0.1:", port),
          .region = "cn-beijing-6",
          .call_timeout = absl::Milliseconds(400),
          .ca_file = ""};
}

// The budgets are those of an engine, unless the test names its own.
struct HttpCloud {
  HttpCloud(const OpenApiOptions& options, std::vector<ports::CloudCredential> keys,
            const base::Clock& clock, const GateOptions& manners = {})
      : credentials(std::move(keys)),
        gate(manners, clock, telemetry),
        client(options, {credentials, gate, clock, telemetry}),
        compute(client, clock, {}),
        load_balancers(client, clock),
        addresses(client, clock),
        inventory(client) {}

  FixedCredentials credentials;
  ports::NullCloudTelemetry telemetry;
  CallGate gate;
  OpenApiClient client;
  KecCompute compute;
  SlbLoadBalancer load_balancers;
  EipAddresses addresses;
  OpenApiInventory inventory;
};

}  // namespace accordion::cloud
