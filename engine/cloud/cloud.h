// The cloud, assembled: client and adapters of the ports, with their manners. What the daemon
// builds.
#pragma once

#include <memory>

#include "base/clock.h"
#include "engine/cloud/cloud_probe.h"
#include "engine/cloud/eip_addresses.h"
#include "engine/cloud/kec_compute.h"
#include "engine/cloud/manners/call_gate.h"
#include "engine/cloud/manners/gathered_compute.h"
#include "engine/cloud/manners/gathered_load_balancer.h"
#include "engine/cloud/openapi_client.h"
#include "engine/cloud/openapi_inventory.h"
#include "engine/cloud/slb_load_balancer.h"
#include "engine/cloud/stored_credentials.h"
#include "engine/ports/store.h"

namespace accordion::cloud {

struct CloudOptions {
  OpenApiOptions api;
  KecOptions kec;
  GateOptions gate;
  GatherOptions gather;
  absl::Duration keep_credentials = absl::Minutes(5);
};

// Thread-safe. `store`, `clock` and `telemetry` must outlive it.
class Cloud {
 public:
  Cloud(const CloudOptions& options, ports::Store& store, const base::Clock& clock,
        ports::CloudTelemetry& telemetry)
      : credentials_(store, clock, options.keep_credentials),
        gate_(options.gate, clock, telemetry),
        client_(options.api, {credentials_, gate_, clock, telemetry}),
        compute_(client_, clock, options.kec),
        gathered_compute_(compute_, gate_.seats(), clock, options.gather),
        load_balancers_(client_, clock),
        gathered_load_balancers_(load_balancers_, gate_.seats()),
        addresses_(client_, clock),
        inventory_(client_),
        probe_(options.api.endpoint, options.api.ca_file, options.api.call_timeout) {}

  ports::ComputeCloud& compute() { return gathered_compute_; }
  ports::LoadBalancerCloud& load_balancers() { return gathered_load_balancers_; }
  ports::AddressCloud& addresses() { return addresses_; }
  ports::CloudInventory& inventory() { return inventory_; }
  CloudProbe& probe() { return probe_; }

 private:
  StoredCredentials credentials_;
  CallGate gate_;
  OpenApiClient client_;
  KecCompute compute_;
  GatheredCompute gathered_compute_;
  SlbLoadBalancer load_balancers_;
  GatheredLoadBalancer gathered_load_balancers_;
  EipAddresses addresses_;
  OpenApiInventory inventory_;
  CloudProbe probe_;
};

}  // namespace accordion::cloud
