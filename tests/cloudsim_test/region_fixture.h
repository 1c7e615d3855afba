// A region with the default resources and hand-moved time, for the model's tests.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/cloudsim/region/cloud_error.h"
#include "tests/cloudsim/region/default_region.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {

class RegionTest : public testing::Test {
 protected:
  RegionTest() { Rebuild(DefaultRegion()); }

  void Rebuild(RegionSpec spec, uint64_t seed = 7) {
    absl::StatusOr<Region> region = Region::Create(std::move(spec), seed);
    ASSERT_TRUE(region.ok()) << region.status();
    region_ = std::make_unique<Region>(*std::move(region));
  }

  const AccountSpec& account(int i = 0) const { return region_->spec().accounts[i]; }
  // Subnets of the first account; of the second from 3.
  const SubnetSpec& subnet(int i = 0) const { return region_->spec().subnets[i]; }
  const ListenerSpec& listener(int i = 0) const {
    return region_->spec().load_balancers[0].listeners[i];
  }

  Call CallOf(absl::string_view action, int account_number = 0) const {
    return {.request_id = "request",
            .account_id = account(account_number).id,
            .service = "kec",
            .action = std::string(action),
            .digest = "digest",
            .arrived_at = now_};
  }

  LaunchRequest Launch(int count = 1) const {
    return {.image_id = region_->spec().images[0].id,
            .instance_type = "N3.1A",
            .min_count = count,
            .max_count = count,
            .subnet_id = subnet().id,
            .security_group_ids = {region_->spec().security_groups[0].id},
            .charge_type = "HourlyInstantSettlement",
            .name = "web",
            .host_name = {},
            .tags = {}};
  }

  absl::StatusOr<std::vector<Instance>> Run(const LaunchRequest& request, int account_number = 0) {
    return region_->RunInstances(CallOf("RunInstances", account_number), request, now_);
  }
  // `count` instances that are active.
  std::vector<Instance> RunActive(int count) {
    const absl::StatusOr<std::vector<Instance>> launched = Run(Launch(count));
    EXPECT_TRUE(launched.ok()) << launched.status();
    Pass(region_->spec().boot_max);
    return *launched;
  }
  absl::StatusOr<RealServerView> Register(const Instance& instance, int weight = 20) {
    return region_->RegisterInstance(CallOf("RegisterInstancesWithListener"),
                                     {.listener_id = listener().id,
                                      .instance_id = instance.id,
                                      .ip = instance.private_ip,
                                      .port = 80,
                                      .weight = weight},
                                     now_);
  }
  std::string CodeOf(const absl::Status& status) const {
    return status.ok() ? "ok" : CloudErrorInfoOf(status).code;
  }
  int Total(const InstanceQuery& query, int account_number = 0) {
    return region_->DescribeInstances(account(account_number).id, query, now_)->total;
  }

  void Pass(absl::Duration time) {
    now_ += time;
    region_->Advance(now_);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  std::unique_ptr<Region> region_;
};

}  // namespace accordion::cloudsim
