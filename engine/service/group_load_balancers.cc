// ModifyScalingLoadBalancers: writes the group's new list. Members in service follow by reconcile:
// registered with the new listeners, then deregistered from the removed ones (semantics.md §13).
#include <utility>
#include <vector>

#include "accordion/v1/scaling_load_balancer.pb.h"
#include "base/status_macros.h"
#include "engine/service/group_handlers.h"
#include "engine/service/group_key.h"
#include "engine/service/group_references.h"
#include "engine/service/load_balancer_converters.h"
#include "engine/service/resource_id.h"
#include "engine/service/transaction.h"

namespace accordion::service {

using v1::ModifyScalingLoadBalancersRequest;
using v1::ModifyScalingLoadBalancersResponse;

absl::StatusOr<ModifyScalingLoadBalancersResponse> GroupHandlers::ModifyLoadBalancers(
    const RequestContext& context, const ModifyScalingLoadBalancersRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  ASSIGN_OR_RETURN(std::vector<domain::SlbConfig> configs, SlbConfigsOf(request));
  const auto check = [&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(key.account_id));
    const auto fault = domain::CheckSlbConfigs(configs, quotas);
    return fault ? LoadBalancerFaultStatus<ModifyScalingLoadBalancersRequest>(*fault)
                 : absl::OkStatus();
  };
  domain::ScalingGroup draft;  // for the look at the cloud
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(check(tx));
    ASSIGN_OR_RETURN(draft, GetGroup(tx, key));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  draft.slb_configs = configs;
  RETURN_IF_ERROR(CheckListeners(parts_.inventory, draft,
                                 LoadBalancerNamesOf<ModifyScalingLoadBalancersRequest>()));

  const auto replace = [&](ports::Tx& tx) -> absl::StatusOr<ModifyScalingLoadBalancersResponse> {
    ASSIGN_OR_RETURN(domain::ScalingGroup group, LockGroup(tx, key));
    RETURN_IF_ERROR(check(tx));
    group.slb_configs = configs;
    domain::EndRest(group);
    RETURN_IF_ERROR(tx.groups().Update(group));
    ModifyScalingLoadBalancersResponse response;
    response.set_return_(true);
    response.mutable_return_set()->set_scaling_group_id(FormatResourceId(key.group_id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, replace);
  if (answer.ok()) TellOfChange(key);
  return answer;
}

}  // namespace accordion::service
