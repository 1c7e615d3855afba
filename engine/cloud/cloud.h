// The cloud, assembled: client and adapters of the three ports. What the daemon builds.
#pragma once

#include <memory>

#include "base/clock.h"
#include "engine/cloud/cloud_probe.h"
#include "engine/cloud/eip_addresses.h"
#include "engine/cloud/kec_compute.h"
#include "engine/cloud/openapi_client.h"
#include "engine/cloud/openapi_inventory.h"
#include "engine/cloud/slb_load_balancer.h"
#include "engine/cloud/stored_credentials.h"
#include "engine/ports/store.h"

namespace accordion::cloud {

struct CloudOptions {
  OpenApiOptions api;
  KecOptions kec;
  absl::Duration keep_credentials = absl::Minutes(5);
};

// Thread-safe. `store` and `clock` must outlive it.
class Cloud {
 public:
  Cloud(const CloudOptions& options, ports::Store& store, const base::Clock& clock)
      : credentials_(store, clock, options.keep_credentials),
        client_(options.api, credentials_, clock),
        compute_(client_, clock, options.kec),
        load_balancers_(client_, clock),
        addresses_(client_, clock),
        inventory_(client_),
        probe_(options.api.endpoint, options.api.ca_file, options.api.call_timeout) {}

  ports::ComputeCloud& compute() { return compute_; }
  ports::LoadBalancerCloud& load_balancers() { return load_balancers_; }
  ports::AddressCloud& addresses() { return addresses_; }
  ports::CloudInventory& inventory() { return inventory_; }
  CloudProbe& probe() { return probe_; }

 private:
  StoredCredentials credentials_;
  OpenApiClient client_;
  KecCompute compute_;
  SlbLoadBalancer load_balancers_;
  EipAddresses addresses_;
  OpenApiInventory inventory_;
  CloudProbe probe_;
};

}  // namespace accordion::cloud
