#include "tests/sim/sim_region.h"

#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

std::map<std::string, int> Everywhere(const cloudsim::RegionSpec& region, int count) {
  std::map<std::string, int> stock;
  for (const std::string& zone : region.zones) stock[zone] = count;
  return stock;
}

void AddAccount(cloudsim::RegionSpec& region, int number) {
  const std::string id = absl::StrCat(2000000000 + number);
  const std::string vpc = absl::StrCat("vpc-", number);
  region.accounts.push_back({.id = id,
                             .access_key = absl::StrCat("key-", number),
                             .secret_key = absl::StrCat("secret-", number),
                             .projects = {0, 100 + number},
                             .instance_quota = 400});
  region.vpcs.push_back({.id = vpc, .account_id = id});
  for (size_t i = 0; i < region.zones.size(); ++i) {
    region.subnets.push_back({.id = absl::StrCat("subnet-", number, "-", i),
                              .name = absl::StrCat("subnet ", i),
                              .vpc_id = vpc,
                              .zone = region.zones[i],
                              .cidr = absl::StrCat("10.", number, ".", i, ".0/24")});
  }
  region.security_groups.push_back(
      {.id = absl::StrCat("security-", number), .name = "web", .vpc_id = vpc});
  cloudsim::LoadBalancerSpec balancer{
      .id = absl::StrCat("slb-", number), .name = "front", .vpc_id = vpc, .listeners = {}};
  for (int i = 0; i < 3; ++i) {
    balancer.listeners.push_back({.id = absl::StrCat("listener-", number, "-", i),
                                  .name = absl::StrCat("listener ", i),
                                  .port = 80 + i});
  }
  region.load_balancers.push_back(std::move(balancer));
}

}  // namespace

cloudsim::RegionSpec DrawRegion(base::Rng& rng) {
  cloudsim::RegionSpec region;
  region.name = "sim";
  region.zones = {"zone-a", "zone-b", "zone-c"};
  region.images = {{.id = "image-1", .name = "debian-12"}};
  region.instance_types = {
      {.name = "N3.1A", .cpu = 1, .memory_gb = 1, .stock = Everywhere(region, 500)},
      {.name = "N3.2B", .cpu = 2, .memory_gb = 4, .stock = Everywhere(region, 200)},
      {.name = "S4.4C", .cpu = 4, .memory_gb = 16, .stock = Everywhere(region, 100)}};
  for (int number = 1; number <= kAccounts; ++number) AddAccount(region, number);
  region.boot_min = absl::Seconds(base::UniformBetween(rng, 5, 20));
  region.boot_max = region.boot_min + absl::Seconds(base::UniformBetween(rng, 1, 180));
  region.terminate_time = absl::Seconds(base::UniformBetween(rng, 1, 60));
  region.health_check_interval = absl::Seconds(5);
  return region;
}

}  // namespace accordion::sim
