#include "tests/cloudsim/region/default_region.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace accordion::cloudsim {
namespace {

// A fixed, valid version-4 UUID that shows its kind and its owner's number.
std::string FixedUuid(int kind, int owner, int number) {
  return absl::StrFormat("%08x-0000-4000-8%03x-%012x", kind, owner, number);
}

enum Kind {
  kVpc = 0xa0,
  kSubnet = 0xb0,
  kSecurityGroup = 0xc0,
  kLoadBalancer = 0xd0,
  kListener = 0xe0
};

void AddAccount(RegionSpec& region, int owner, AccountSpec account) {
  const std::string vpc_id = FixedUuid(kVpc, owner, 1);
  region.vpcs.push_back({.id = vpc_id, .account_id = account.id});
  const std::vector<std::string> masks = {"26", "26", "28"};
  for (std::size_t i = 0; i < region.zones.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    region.subnets.push_back({.id = FixedUuid(kSubnet, owner, number),
                              .name = absl::StrCat("subnet-", number),
                              .vpc_id = vpc_id,
                              .zone = region.zones[i],
                              .cidr = absl::StrCat("10.", owner, ".", number, ".0/", masks[i])});
  }
  region.security_groups.push_back(
      {.id = FixedUuid(kSecurityGroup, owner, 1), .name = "web", .vpc_id = vpc_id});
  region.load_balancers.push_back(
      {.id = FixedUuid(kLoadBalancer, owner, 1),
       .name = "front",
       .vpc_id = vpc_id,
       .listeners = {{.id = FixedUuid(kListener, owner, 1), .name = "http", .port = 80},
                     {.id = FixedUuid(kListener, owner, 2), .name = "api", .port = 8080}}});
  region.accounts.push_back(std::move(account));
}

}  // namespace

RegionSpec DefaultRegion() {
  RegionSpec region;
  region.name = "cn-beijing-6";
  region.zones = {"cn-beijing-6a", "cn-beijing-6b", "cn-beijing-6c"};
  region.images = {{.id = "IMG-5465174a-6d71-4770-b8e1-917a0dd92466", .name = "debian-12"}};
  const auto everywhere = [&](int count) {
    std::map<std::string, int> stock;
    for (const std::string& zone : region.zones) stock[zone] = count;
    return stock;
  };
  region.instance_types = {
      {.name = "N3.1A", .cpu = 1, .memory_gb = 1, .capacity_rps = 100, .stock = everywhere(100)},
      {.name = "N3.2B", .cpu = 2, .memory_gb = 4, .capacity_rps = 200, .stock = everywhere(50)},
      {.name = "S4.4C", .cpu = 4, .memory_gb = 16, .capacity_rps = 400, .stock = everywhere(20)}};
  AddAccount(region, 1,
             {.id = "2000000001",
              .access_key = "AKLTaccordionDemoKey01",
              .secret_key = "accordion-demo-secret-key-of-account-1",
              .projects = {0, 101}});
  AddAccount(region, 2,
             {.id = "2000000002",
              .access_key = "AKLTaccordionDemoKey02",
              .secret_key = "accordion-demo-secret-key-of-account-2",
              .projects = {0, 202}});
  return region;
}

}  // namespace accordion::cloudsim
