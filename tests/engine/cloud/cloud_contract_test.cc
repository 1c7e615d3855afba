// The contract's two backends.
#include <memory>
#include <utility>

#include "engine/cloud/kec_compute.h"
#include "engine/cloud/openapi_inventory.h"
#include "engine/cloud/slb_load_balancer.h"
#include "tests/cloudsim/simulator.h"
#include "tests/engine/cloud/cloud_contract.h"
#include "tests/engine/cloud/http_cloud.h"
#include "tests/support/simulated_cloud.h"

namespace accordion::cloud {
namespace {

class InProcess final : public CloudBackend {
 public:
  explicit InProcess(cloudsim::RegionSpec spec) : cloud_(std::move(spec), 1, clock) {}
  ports::ComputeCloud& compute() override { return cloud_; }
  ports::LoadBalancerCloud& load_balancers() override { return cloud_; }
  ports::AddressCloud& addresses() override { return cloud_; }
  ports::CloudInventory& inventory() override { return cloud_; }
  void With(const std::function<void(cloudsim::Region&)>& work) override { work(cloud_.region()); }
  void Disconnect() override { cloud_.SetUnreachable(true); }

 private:
  testing::SimulatedCloud cloud_;
};

class OverHttp final : public CloudBackend {
 public:
  explicit OverHttp(cloudsim::RegionSpec spec)
      : simulator_(*cloudsim::Simulator::Start({.region = spec}, clock)),
        cloud_(HttpCloudOptions(simulator_->Port()), CredentialsOf(spec), clock,
               // The clock stands, so nothing may have to wait.
               {.throttle_rest = absl::ZeroDuration()}) {}
  ports::ComputeCloud& compute() override { return cloud_.compute; }
  ports::LoadBalancerCloud& load_balancers() override { return cloud_.load_balancers; }
  ports::AddressCloud& addresses() override { return cloud_.addresses; }
  ports::CloudInventory& inventory() override { return cloud_.inventory; }
  void With(const std::function<void(cloudsim::Region&)>& work) override {
    simulator_->host().With([&](cloudsim::Region& region, absl::Time) { work(region); });
  }
  void Disconnect() override { simulator_.reset(); }

 private:
  std::unique_ptr<cloudsim::Simulator> simulator_;
  HttpCloud cloud_;
};

template <typename Backend>
std::unique_ptr<CloudBackend> Make(cloudsim::RegionSpec spec) {
  return std::make_unique<Backend>(std::move(spec));
}

INSTANTIATE_TEST_SUITE_P(Cloud, CloudContract,
                         ::testing::Values(CloudBackendMaker{"InProcess", Make<InProcess>},
                                           CloudBackendMaker{"OverHttp", Make<OverHttp>}),
                         [](const ::testing::TestParamInfo<CloudBackendMaker>& backend) {
                           return backend.param.name;
                         });

}  // namespace
}  // namespace accordion::cloud
