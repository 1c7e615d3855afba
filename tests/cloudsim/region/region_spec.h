// What a simulated region is made of at the start: plain values, from the built-in default or a
// file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace accordion::cloudsim {

struct AccountSpec {
  std::string id;
  std::string access_key;
  std::string secret_key;
  std::vector<int64_t> projects = {0};  // project 0 is everybody's default
  int instance_quota = 200;  // instances that exist at the same time, recycle bin included
};

struct VpcSpec {
  std::string id;
  std::string account_id;
};

struct SubnetSpec {
  std::string id;
  std::string name;
  std::string vpc_id;
  std::string zone;
  std::string cidr;  // IPv4, /16../29
};

struct SecurityGroupSpec {
  std::string id;
  std::string name;
  std::string vpc_id;
};

struct ImageSpec {
  std::string id;
  std::string name;
};

struct InstanceTypeSpec {
  std::string name;
  int cpu = 1;
  int memory_gb = 1;
  double capacity_rps = 100;         // requests per second that bring the cpu to 100 %
  std::map<std::string, int> stock;  // by zone; a zone that isn't listed doesn't offer the type
};

struct ListenerSpec {
  std::string id;
  std::string name;
  std::string protocol = "TCP";
  int port = 80;
};

struct LoadBalancerSpec {
  std::string id;
  std::string name;
  std::string vpc_id;
  std::vector<ListenerSpec> listeners;
};

struct RegionSpec {
  std::string name;
  std::vector<std::string> zones;
  std::vector<AccountSpec> accounts;
  std::vector<VpcSpec> vpcs;
  std::vector<SubnetSpec> subnets;
  std::vector<SecurityGroupSpec> security_groups;
  std::vector<ImageSpec> images;
  std::vector<InstanceTypeSpec> instance_types;
  std::vector<LoadBalancerSpec> load_balancers;

  absl::Duration boot_min = absl::Seconds(2);
  absl::Duration boot_max = absl::Seconds(4);
  absl::Duration terminate_time = absl::Seconds(1);
  // A real server turns healthy this long after its instance runs and it is registered.
  absl::Duration health_check_interval = absl::Seconds(1);
  // DescribeInstances shows an instance only this long after its launch (reliability.md D2.3: read
  // lag).
  absl::Duration describe_lag = absl::ZeroDuration();
};

}  // namespace accordion::cloudsim
