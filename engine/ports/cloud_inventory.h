// What requests must know of the cloud before they are accepted: subnets, security groups,
// listeners, images, types, instances.
//
// Blocking, with a deadline. kNotFound: the cloud answered and does not have it. kUnavailable /
// kDeadlineExceeded: the cloud could not answer; the caller writes nothing and reports
// ServiceTimeout.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/domain/types.h"

namespace accordion::ports {

struct SubnetInfo {
  domain::SubnetId id;
  std::string vpc_id;
  std::string zone;
  std::optional<int> free_addresses;
};

struct ListenerInfo {
  domain::ListenerId id;
  std::string load_balancer_id;
};

struct InstanceTypeInfo {
  std::string name;
  int cpu = 0;
  int memory_gb = 0;
  int gpu = 0;
  std::vector<std::string> zones;
};

struct InstanceInfo {
  domain::InstanceId id;
  std::string name;
  std::string host_name;
  std::string vpc_id;
  domain::SubnetId subnet_id;
  std::string zone;
  std::string instance_type;
  std::string private_ip;
  std::string network_interface_id;
  int64_t project_id = 0;
  bool running = false;
};

class CloudInventory {
 public:
  virtual ~CloudInventory() = default;

  // In the order of `ids`; kNotFound names the first missing one in its message, here and below.
  virtual absl::StatusOr<std::vector<SubnetInfo>> Subnets(
      const domain::AccountId& account, const std::vector<domain::SubnetId>& ids) = 0;
  // The VPC of a security group.
  virtual absl::StatusOr<std::string> SecurityGroupVpc(const domain::AccountId& account,
                                                       absl::string_view id) = 0;
  virtual absl::StatusOr<ListenerInfo> Listener(const domain::AccountId& account,
                                                const domain::ListenerId& id) = 0;
  // OK if the image exists.
  virtual absl::Status Image(const domain::AccountId& account, absl::string_view id) = 0;
  virtual absl::StatusOr<InstanceTypeInfo> InstanceType(const domain::AccountId& account,
                                                        absl::string_view name) = 0;
  // `projects`: where to look; the cloud shows no instance of a project that isn't named.
  virtual absl::StatusOr<std::vector<InstanceInfo>> Instances(
      const domain::AccountId& account, const std::vector<int64_t>& projects,
      const std::vector<domain::InstanceId>& ids) = 0;
};

}  // namespace accordion::ports
