#include "engine/service/group_handlers.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "accordion/v1/scaling_group.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/domain/launch_breaker.h"
#include "engine/service/group_converters.h"
#include "engine/service/group_key.h"
#include "engine/service/group_references.h"
#include "engine/service/parameter_name.h"
#include "engine/service/quota_names.h"
#include "engine/service/resource_id.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

using v1::CreateScalingGroupRequest;
using v1::CreateScalingGroupResponse;
using v1::DescribeScalingGroupRequest;
using v1::DescribeScalingGroupResponse;
using v1::DisableScalingGroupRequest;
using v1::DisableScalingGroupResponse;
using v1::EnableScalingGroupRequest;
using v1::EnableScalingGroupResponse;
using v1::ModifyScalingGroupRequest;
using v1::ModifyScalingGroupResponse;

// InvalidParameterValue unless the configuration exists. Holds it, so that it can't be deleted
// before the commit.
template <typename Request>
absl::Status HoldConfiguration(ports::Tx& tx, const domain::ScalingGroup& group) {
  return OrNotFound(tx.configurations().LockShared(group.account_id, group.configuration_id),
                    domain::InvalidParameterValue(
                        ParameterName<Request>({Request::kScalingConfigurationIdFieldNumber})))
      .status();
}

ports::GroupFilter FilterOf(const DescribeScalingGroupRequest& request) {
  ports::GroupFilter filter;
  for (const std::string& id : request.scaling_group_ids()) {
    filter.ids.emplace_back(ResourceIdOrNone(id));
  }
  filter.name_contains = request.scaling_group_name();
  if (!request.scaling_configuration_id().empty()) {
    filter.configuration_id =
        domain::ConfigurationId(ResourceIdOrNone(request.scaling_configuration_id()));
  }
  filter.vpc_id = request.vpc_id();
  return filter;
}

}  // namespace

absl::StatusOr<CreateScalingGroupResponse> GroupHandlers::Create(
    const RequestContext& context, const CreateScalingGroupRequest& request) {
  ASSIGN_OR_RETURN(domain::ScalingGroup group, NewGroupOf(request));
  group.account_id = context.account_id;
  group.desired_cause = {.kind = domain::TriggerKind::kCreate,
                         .text = activity::GroupCreatedCause(parts_.language)};
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(group.account_id));
    const auto fault = domain::CheckNewGroup(group, quotas);
    return fault ? GroupFaultStatus<CreateScalingGroupRequest>(*fault) : absl::OkStatus();
  });
  RETURN_IF_ERROR(read);

  const GroupReferenceNames names = ReferenceNamesOf<CreateScalingGroupRequest>();
  ASSIGN_OR_RETURN(const SubnetPlace place, PlaceOfSubnets(parts_.inventory, group, names));
  group.vpc_id = place.vpc_id;
  group.zone = place.zone;
  RETURN_IF_ERROR(CheckSecurityGroups(parts_.inventory, group, names));
  RETURN_IF_ERROR(CheckListeners(parts_.inventory, group, names));

  const auto create = [&](ports::Tx& tx) -> absl::StatusOr<CreateScalingGroupResponse> {
    ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().LockQuotas(group.account_id));
    RETURN_IF_ERROR(HoldConfiguration<CreateScalingGroupRequest>(tx, group));
    ASSIGN_OR_RETURN(const int groups, tx.groups().Count(group.account_id));
    if (groups >= quotas.groups) {
      return domain::QuotaExceeded(QuotaName(&domain::Quotas::groups), quotas.groups);
    }
    ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
    group.id = domain::GroupId(id);
    group.create_time = tx.Now();
    RETURN_IF_ERROR(tx.groups().Insert(group));
    CreateScalingGroupResponse response;
    response.mutable_return_set()->set_scaling_group_id(FormatResourceId(id));
    return response;
  };
  auto answer = Write(parts_.store, context, create);
  if (answer.ok()) parts_.waker.Wake({group.account_id, group.id});
  return answer;
}

absl::StatusOr<EnableScalingGroupResponse> GroupHandlers::Enable(
    const RequestContext& context, const EnableScalingGroupRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  const auto enable = [&](ports::Tx& tx) -> absl::StatusOr<EnableScalingGroupResponse> {
    ASSIGN_OR_RETURN(domain::ScalingGroup group, LockGroup(tx, key));
    if (group.status == domain::GroupStatus::kUnActive) {
      group.desired_cause = {.kind = domain::TriggerKind::kEnable,
                             .text = activity::GroupEnabledCause(parts_.language, context.actor())};
    }
    group.status = domain::GroupStatus::kActive;
    group.delete_requested_at.reset();
    domain::EndRest(group);
    domain::ResumeLaunches(group);
    RETURN_IF_ERROR(tx.groups().Update(group));
    EnableScalingGroupResponse response;
    response.mutable_return_set()->set_scaling_group_id(FormatResourceId(key.group_id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, enable);
  if (answer.ok()) TellOfChange(key);
  return answer;
}

absl::StatusOr<DisableScalingGroupResponse> GroupHandlers::Disable(
    const RequestContext& context, const DisableScalingGroupRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  const auto disable = [&](ports::Tx& tx) -> absl::StatusOr<DisableScalingGroupResponse> {
    ASSIGN_OR_RETURN(domain::ScalingGroup group, LockGroup(tx, key));
    if (group.status != domain::GroupStatus::kUnActive) {
      group.status = domain::GroupStatus::kUnActive;
      RETURN_IF_ERROR(tx.groups().Update(group));
    }
    DisableScalingGroupResponse response;
    response.mutable_return_set()->set_scaling_group_id(FormatResourceId(key.group_id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, disable);
  if (answer.ok()) TellOfChange(key);
  return answer;
}

absl::StatusOr<ModifyScalingGroupResponse> GroupHandlers::Modify(
    const RequestContext& context, const ModifyScalingGroupRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  domain::ScalingGroup
      draft;  // for the look at the cloud; the transaction edits the row as it is then
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const domain::ScalingGroup group, GetGroup(tx, key));
    ASSIGN_OR_RETURN(draft, EditedGroup(request, group));
    ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(key.account_id));
    const auto merged = domain::MergeCapacity(group, CapacityEditOf(request), quotas);
    if (const auto* wrong = std::get_if<domain::GroupFault>(&merged)) {
      return GroupFaultStatus<ModifyScalingGroupRequest>(*wrong);
    }
    auto fault = domain::CheckSubnets(draft.subnet_ids, quotas);
    if (!fault) fault = domain::CheckSlbConfigs(draft.slb_configs, quotas);
    return fault ? GroupFaultStatus<ModifyScalingGroupRequest>(*fault) : absl::OkStatus();
  });
  RETURN_IF_ERROR(read);

  const GroupReferenceNames names = ReferenceNamesOf<ModifyScalingGroupRequest>();
  std::string zone;  // of the new first subnet
  if (!request.subnet_ids().empty()) {
    ASSIGN_OR_RETURN(SubnetPlace place, PlaceOfSubnets(parts_.inventory, draft, names));
    // A group stays in its VPC: its security groups and listeners are there.
    if (place.vpc_id != draft.vpc_id) return domain::InvalidParameterValue(names.subnet_ids);
    zone = std::move(place.zone);
  }
  if (!request.security_group_ids().empty()) {
    RETURN_IF_ERROR(CheckSecurityGroups(parts_.inventory, draft, names));
  }
  if (!request.slbs().empty()) {
    RETURN_IF_ERROR(CheckListeners(parts_.inventory, draft, names));
  }

  const auto modify = [&](ports::Tx& tx) -> absl::StatusOr<ModifyScalingGroupResponse> {
    RETURN_IF_ERROR(ModifyInTx(tx, context, key, request, zone));
    ModifyScalingGroupResponse response;
    response.set_return_(true);
    response.mutable_return_set()->set_scaling_group_id(FormatResourceId(key.group_id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, modify);
  if (answer.ok()) TellOfChange(key);
  return answer;
}

absl::Status GroupHandlers::ModifyInTx(ports::Tx& tx, const RequestContext& context,
                                       const ports::GroupKey& key,
                                       const ModifyScalingGroupRequest& request,
                                       const std::string& zone) {
  ASSIGN_OR_RETURN(const domain::ScalingGroup before, LockGroup(tx, key));
  ASSIGN_OR_RETURN(domain::ScalingGroup group, EditedGroup(request, before));
  if (!request.subnet_ids().empty()) group.zone = zone;
  ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(key.account_id));
  const auto merged = domain::MergeCapacity(before, CapacityEditOf(request), quotas);
  if (const auto* fault = std::get_if<domain::GroupFault>(&merged)) {
    return GroupFaultStatus<ModifyScalingGroupRequest>(*fault);
  }
  if (group.configuration_id != before.configuration_id) {
    RETURN_IF_ERROR(HoldConfiguration<ModifyScalingGroupRequest>(tx, group));
  }

  const auto& capacity = std::get<domain::MergedCapacity>(merged);
  group.min_size = capacity.bounds.min_size;
  group.max_size = capacity.bounds.max_size;
  group.desired_capacity = capacity.desired_capacity;
  if (group.desired_capacity != before.desired_capacity) {
    group.desired_cause = {.kind = domain::TriggerKind::kModify,
                           .text = activity::GroupModifiedCause(
                               parts_.language, context.actor(), before.desired_capacity,
                               group.desired_capacity, capacity.moved_into_range)};
    // The restriction is for the scale-out that this change causes, so every other change lifts it.
    group.container_subnet_ids.clear();
  }
  if (group.desired_capacity > before.desired_capacity) {
    group.delete_requested_at.reset();
    for (const std::string& id : request.container_subnet_ids()) {
      group.container_subnet_ids.emplace_back(id);
    }
  }
  for (const std::string& id : request.container_subnet_ids()) {
    if (std::find(group.subnet_ids.begin(), group.subnet_ids.end(), domain::SubnetId(id)) ==
        group.subnet_ids.end()) {
      return domain::InvalidParameterValue(ParameterName<ModifyScalingGroupRequest>(
          {ModifyScalingGroupRequest::kContainerSubnetIdsFieldNumber}));
    }
  }
  domain::EndRest(group);
  domain::ResumeLaunches(group);
  return tx.groups().Update(group);
}

absl::StatusOr<DescribeScalingGroupResponse> GroupHandlers::Describe(
    const RequestContext& context, const DescribeScalingGroupRequest& request) {
  DescribeScalingGroupResponse response;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const auto listing,
                     tx.groups().List(context.account_id, FilterOf(request), PageOf(request)));
    response.set_scaling_group_count(listing.total);
    absl::flat_hash_map<domain::ConfigurationId, std::string> names;
    for (const domain::ScalingGroup& group : listing.rows) {
      const ports::GroupKey key{group.account_id, group.id};
      if (!names.contains(group.configuration_id)) {
        ASSIGN_OR_RETURN(auto configuration,
                         tx.configurations().Get(group.account_id, group.configuration_id));
        names[group.configuration_id] = std::move(configuration.name);
      }
      ASSIGN_OR_RETURN(const int members, tx.members().Count(key));
      ASSIGN_OR_RETURN(const auto open, tx.activities().GetOpen(key));
      ToMessage(group,
                {.configuration_name = names[group.configuration_id],
                 .members = members,
                 .activity_open = open.has_value() && domain::IsUserVisible(open->activity.type),
                 .now = tx.Now(),
                 .language = parts_.language},
                response.add_scaling_groups());
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return response;
}

}  // namespace accordion::service
