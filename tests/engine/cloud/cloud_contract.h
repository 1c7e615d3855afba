// One suite for the engine's cloud ports: what holds for the adapters against cloudsim over HTTP
// must hold for the simulated cloud in process, or the simulation lies.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/ports/address_cloud.h"
#include "engine/ports/cloud_inventory.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/load_balancer_cloud.h"
#include "gtest/gtest.h"
#include "tests/cloudsim/region/region.h"
#include "tests/support/fake_clock.h"

namespace accordion::cloud {

// A region and the way to it.
class CloudBackend {
 public:
  virtual ~CloudBackend() = default;
  virtual ports::ComputeCloud& compute() = 0;
  virtual ports::LoadBalancerCloud& load_balancers() = 0;
  virtual ports::AddressCloud& addresses() = 0;
  virtual ports::CloudInventory& inventory() = 0;
  // Looks at the region, or changes it, at the clock's now.
  virtual void With(const std::function<void(cloudsim::Region&)>& work) = 0;
  // Nobody listens at the cloud's address any more.
  virtual void Disconnect() = 0;

  testing::FakeClock clock;
};

struct CloudBackendMaker {
  const char* name;
  std::unique_ptr<CloudBackend> (*make)(cloudsim::RegionSpec spec);
};

class CloudContract : public ::testing::TestWithParam<CloudBackendMaker> {
 protected:
  CloudContract();
  void Rebuild(cloudsim::RegionSpec spec);

  ports::LaunchCall Call(const std::string& marker) const;
  activity::Event Launch(const ports::LaunchCall& call);
  // The id of an instance that runs.
  domain::InstanceId RunActive(const std::string& marker);
  std::vector<activity::ObservedInstance> Find(const ports::LaunchCall& call);
  activity::Register RegisterCall(const domain::InstanceId& id, int port = 80);
  void SetFault(cloudsim::FaultRule rule);
  size_t CountExecuted(const std::string& action);

  cloudsim::RegionSpec spec_;
  domain::AccountId account_;
  domain::ScalingConfiguration configuration_;
  std::unique_ptr<CloudBackend> backend_;
};

}  // namespace accordion::cloud
