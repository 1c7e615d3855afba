#include "engine/service/load_balancer_converters.h"

#include <string>
#include <utility>

#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_load_balancer.pb.h"
#include "engine/domain/errors.h"
#include "engine/service/parameter_name.h"
#include "engine/service/quota_names.h"
#include "engine/service/words.h"

namespace accordion::service {
namespace {

using v1::CreateScalingGroupRequest;
using v1::ModifyScalingGroupRequest;
using v1::ModifyScalingLoadBalancersRequest;

template <typename Request>
std::string NameOf(domain::GroupField field) {
  using Field = domain::GroupField;
  switch (field) {
    case Field::kSlbId:
      return ParameterName<Request>({Request::kSlbsFieldNumber, v1::Slb::kIdFieldNumber});
    case Field::kSlbListenerId:
      return ParameterName<Request>({Request::kSlbsFieldNumber, v1::Slb::kListenerIdFieldNumber});
    case Field::kSlbServerPorts:
      return ParameterName<Request>({Request::kSlbsFieldNumber, v1::Slb::kServerPortsFieldNumber});
    case Field::kSlbWeight:
      return ParameterName<Request>({Request::kSlbsFieldNumber, v1::Slb::kWeightFieldNumber});
    case Field::kSlbConfigs:
    case Field::kMinSize:
    case Field::kMaxSize:
    case Field::kDesiredCapacity:
    case Field::kSubnetIds:
    case Field::kSecurityGroupIds:
      break;
  }
  return ParameterName<Request>({Request::kSlbsFieldNumber});
}

}  // namespace

template <typename Request>
absl::StatusOr<std::vector<domain::SlbConfig>> SlbConfigsOf(const Request& request) {
  std::vector<domain::SlbConfig> configs;
  for (const v1::Slb& slb : request.slbs()) {
    domain::SlbConfig config;
    config.load_balancer_id = slb.id();
    config.listener_id = domain::ListenerId(slb.listener_id());
    config.ports.assign(slb.server_ports().begin(), slb.server_ports().end());
    if (slb.has_weight()) config.weight = slb.weight();
    if (!slb.health_check_type().empty()) {
      const auto check = ParseWord<domain::HealthCheck>(slb.health_check_type());
      if (!check) {
        return domain::InvalidParameterValue(ParameterName<Request>(
            {Request::kSlbsFieldNumber, v1::Slb::kHealthCheckTypeFieldNumber}));
      }
      config.health_check = *check;
    }
    configs.push_back(std::move(config));
  }
  return configs;
}
template absl::StatusOr<std::vector<domain::SlbConfig>> SlbConfigsOf(
    const CreateScalingGroupRequest& request);
template absl::StatusOr<std::vector<domain::SlbConfig>> SlbConfigsOf(
    const ModifyScalingGroupRequest& request);
template absl::StatusOr<std::vector<domain::SlbConfig>> SlbConfigsOf(
    const ModifyScalingLoadBalancersRequest& request);

template <typename Request>
absl::Status LoadBalancerFaultStatus(const domain::GroupFault& fault) {
  switch (fault.kind) {
    case domain::FaultKind::kMissing:
      return domain::MissingParameter(NameOf<Request>(fault.field));
    case domain::FaultKind::kInvalid:
      return domain::InvalidParameterValue(NameOf<Request>(fault.field));
    case domain::FaultKind::kAboveQuota:
      break;
  }
  return domain::QuotaExceeded(QuotaName(&domain::Quotas::listeners_per_group), fault.limit);
}
template absl::Status LoadBalancerFaultStatus<CreateScalingGroupRequest>(
    const domain::GroupFault& fault);
template absl::Status LoadBalancerFaultStatus<ModifyScalingGroupRequest>(
    const domain::GroupFault& fault);
template absl::Status LoadBalancerFaultStatus<ModifyScalingLoadBalancersRequest>(
    const domain::GroupFault& fault);

}  // namespace accordion::service
