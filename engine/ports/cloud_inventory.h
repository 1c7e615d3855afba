// What requests must know of the cloud before they are accepted: subnets, security groups,
// listeners, images, types.
//
// Blocking, with a deadline. kNotFound: the cloud answered and does not have it. kUnavailable /
// kDeadlineExceeded: the cloud could not answer; the caller writes nothing and reports
// ServiceTimeout.
#pragma once

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
};

}  // namespace accordion::ports
