#include "engine/service/group_converters.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_load_balancer.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/service/group_description.h"
#include "engine/service/load_balancer_converters.h"
#include "engine/service/parameter_name.h"
#include "engine/service/quota_names.h"
#include "engine/service/resource_id.h"
#include "engine/service/timestamps.h"
#include "engine/service/words.h"

namespace accordion::service {
namespace {

using v1::CreateScalingGroupRequest;
using v1::ModifyScalingGroupRequest;

// Reads a word into `*value`, which stays as it is when the word is absent.
template <typename Request, typename Enum>
absl::Status ReadWord(absl::string_view word, int field, Enum* value) {
  if (word.empty()) return absl::OkStatus();
  const auto parsed = ParseWord<Enum>(word);
  if (!parsed) return domain::InvalidParameterValue(ParameterName<Request>({field}));
  *value = *parsed;
  return absl::OkStatus();
}

template <typename List>
std::vector<domain::SubnetId> SubnetIdsOf(const List& list) {
  std::vector<domain::SubnetId> ids;
  for (const std::string& id : list) ids.emplace_back(id);
  return ids;
}

// The fields that both requests have, where the request gives them.
template <typename Request>
absl::Status ReadCommonFields(const Request& request, domain::ScalingGroup& group) {
  if (!request.scaling_group_name().empty()) group.name = request.scaling_group_name();
  if (!request.scaling_configuration_id().empty()) {
    const auto id = ParseResourceId(request.scaling_configuration_id());
    if (!id) {
      return domain::InvalidParameterValue(
          ParameterName<Request>({Request::kScalingConfigurationIdFieldNumber}));
    }
    group.configuration_id = domain::ConfigurationId(*id);
  }
  RETURN_IF_ERROR(ReadWord<Request>(request.remove_policy(), Request::kRemovePolicyFieldNumber,
                                    &group.remove_policy));
  if (!request.subnet_ids().empty()) group.subnet_ids = SubnetIdsOf(request.subnet_ids());
  RETURN_IF_ERROR(ReadWord<Request>(request.subnet_strategy(), Request::kSubnetStrategyFieldNumber,
                                    &group.subnet_strategy));
  if (!request.security_group_ids().empty()) {
    group.security_group_ids.assign(request.security_group_ids().begin(),
                                    request.security_group_ids().end());
  }
  if (!request.slbs().empty()) {
    ASSIGN_OR_RETURN(group.slb_configs, SlbConfigsOf(request));
  }
  return absl::OkStatus();
}

template <typename Request>
std::string NameOf(domain::GroupField field) {
  using Field = domain::GroupField;
  switch (field) {
    case Field::kMinSize:
      return ParameterName<Request>({Request::kMinSizeFieldNumber});
    case Field::kMaxSize:
      return ParameterName<Request>({Request::kMaxSizeFieldNumber});
    case Field::kDesiredCapacity:
      return ParameterName<Request>({Request::kDesiredCapacityFieldNumber});
    case Field::kSubnetIds:
      return ParameterName<Request>({Request::kSubnetIdsFieldNumber});
    case Field::kSecurityGroupIds:
      return ParameterName<Request>({Request::kSecurityGroupIdsFieldNumber});
    case Field::kSlbConfigs:
    case Field::kSlbId:
    case Field::kSlbListenerId:
    case Field::kSlbServerPorts:
    case Field::kSlbWeight:
      break;  // LoadBalancerFaultStatus names these
  }
  return "";
}

// The quota that bounds a field.
int domain::Quotas::*QuotaOf(domain::GroupField field) {
  if (field == domain::GroupField::kSubnetIds) return &domain::Quotas::subnets_per_group;
  return &domain::Quotas::max_size;
}

void SlbConfigsToMessage(const domain::ScalingGroup& group, v1::ScalingGroup* message) {
  for (const domain::SlbConfig& config : group.slb_configs) {
    v1::SlbConfig* slb = message->add_slb_configs();
    slb->set_slb_id(config.load_balancer_id);
    slb->set_listener_id(config.listener_id.value());
    slb->mutable_server_ports()->Add(config.ports.begin(), config.ports.end());
    slb->set_weight(config.weight);
    slb->set_health_check_type(WordOf(config.health_check));
  }
  message->set_allow_slb_scaling_policy(!group.slb_configs.empty());
  if (group.slb_configs.empty()) return;
  const domain::SlbConfig& first = group.slb_configs.front();
  message->set_slb_id(first.load_balancer_id);
  message->set_listener_id(first.listener_id.value());
  message->set_server_ports(absl::StrJoin(first.ports, ","));
  if (!first.ports.empty()) message->set_server_port(first.ports.front());
}

}  // namespace

absl::StatusOr<domain::ScalingGroup> NewGroupOf(const CreateScalingGroupRequest& request) {
  domain::ScalingGroup group;
  RETURN_IF_ERROR(ReadCommonFields(request, group));
  group.min_size = request.min_size();
  group.max_size = request.max_size();
  group.desired_capacity = request.desired_capacity();
  return group;
}

absl::StatusOr<domain::ScalingGroup> EditedGroup(const ModifyScalingGroupRequest& request,
                                                 domain::ScalingGroup group) {
  RETURN_IF_ERROR(ReadCommonFields(request, group));
  return group;
}

domain::CapacityEdit CapacityEditOf(const ModifyScalingGroupRequest& request) {
  domain::CapacityEdit edit;
  if (request.has_min_size()) edit.min_size = request.min_size();
  if (request.has_max_size()) edit.max_size = request.max_size();
  if (request.has_desired_capacity()) edit.desired_capacity = request.desired_capacity();
  return edit;
}

template <typename Request>
absl::Status GroupFaultStatus(const domain::GroupFault& fault) {
  if (domain::IsLoadBalancerField(fault.field)) return LoadBalancerFaultStatus<Request>(fault);
  switch (fault.kind) {
    case domain::FaultKind::kMissing:
      return domain::MissingParameter(NameOf<Request>(fault.field));
    case domain::FaultKind::kInvalid:
      return domain::InvalidParameterValue(NameOf<Request>(fault.field));
    case domain::FaultKind::kAboveQuota:
      break;
  }
  return domain::QuotaExceeded(QuotaName(QuotaOf(fault.field)), fault.limit);
}
template absl::Status GroupFaultStatus<CreateScalingGroupRequest>(const domain::GroupFault& fault);
template absl::Status GroupFaultStatus<ModifyScalingGroupRequest>(const domain::GroupFault& fault);

void ToMessage(const domain::ScalingGroup& group, const GroupFacts& facts,
               v1::ScalingGroup* message) {
  message->set_scaling_group_id(FormatResourceId(group.id.value()));
  message->set_scaling_group_name(group.name);
  message->set_scaling_configuration_id(FormatResourceId(group.configuration_id.value()));
  message->set_scaling_configuration_name(std::string(facts.configuration_name));
  message->set_min_size(group.min_size);
  message->set_max_size(group.max_size);
  message->set_instance_num(facts.members);
  SetTimestamp(group.create_time, message->mutable_create_time());
  message->set_remove_policy(WordOf(group.remove_policy));
  message->set_vpc_id(group.vpc_id);
  if (!group.security_group_ids.empty()) {
    message->set_security_group_id(group.security_group_ids.front());
  }
  message->set_status(WordOf(group.status));
  message->set_product_line("KEC");
  message->set_desired_capacity(group.desired_capacity);
  for (const domain::SubnetId& id : group.subnet_ids) message->add_subnet_ids(id.value());
  if (!group.subnet_ids.empty()) message->set_subnet_id(group.subnet_ids.front().value());
  message->set_availability_zone(group.zone);
  message->set_availability_zone_name(group.zone);
  message->set_subnet_strategy(WordOf(group.subnet_strategy));
  SlbConfigsToMessage(group, message);
  for (const std::string& id : group.security_group_ids) message->add_security_group_ids(id);
  message->set_in_scaling_activity(facts.activity_open ? 1 : 0);
  message->set_description(DescribeGroup(group, facts.now, facts.language));
}

}  // namespace accordion::service
