#include "engine/service/policy_handlers.h"

#include <string>

#include "accordion/v1/scaling_policy.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/domain/policy_rules.h"
#include "engine/service/group_key.h"
#include "engine/service/policy_converters.h"
#include "engine/service/quota_names.h"
#include "engine/service/resource_id.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

absl::StatusOr<domain::PolicyId> PolicyIdOf(const std::string& text) {
  const auto id = ParseResourceId(text);
  if (!id) return domain::ScalingPolicyNotFound(text);
  return domain::PolicyId(*id);
}

// The policy of a group that this transaction holds.
absl::StatusOr<domain::ScalingPolicy> LockPolicy(ports::Tx& tx, const ports::GroupKey& key,
                                                 const domain::PolicyId& id) {
  RETURN_IF_ERROR(LockGroup(tx, key).status());
  return OrNotFound(tx.policies().Lock(key, id),
                    domain::ScalingPolicyNotFound(FormatResourceId(id.value())));
}

template <typename Request>
absl::Status Check(const domain::ScalingPolicy& policy, const domain::ScalingGroup& group,
                   const domain::Quotas& quotas, absl::Duration min_period) {
  const auto fault =
      domain::CheckPolicy(policy, group, {.min_period = min_period, .quotas = quotas});
  return fault ? PolicyFaultStatus<Request>(*fault) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CreateScalingPolicyResponse> PolicyHandlers::Create(
    const RequestContext& context, const v1::CreateScalingPolicyRequest& request) {
  domain::ScalingPolicy policy;
  RETURN_IF_ERROR(Apply(request, policy));
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  policy.account_id = key.account_id;
  policy.group_id = key.group_id;
  const auto create = [&](ports::Tx& tx) -> absl::StatusOr<v1::CreateScalingPolicyResponse> {
    ASSIGN_OR_RETURN(const domain::ScalingGroup group, LockGroup(tx, key));
    ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(key.account_id));
    RETURN_IF_ERROR(
        Check<v1::CreateScalingPolicyRequest>(policy, group, quotas, parts_.min_period));
    ASSIGN_OR_RETURN(const int count, tx.policies().Count(key));
    if (count >= quotas.policies_per_group) {
      return domain::QuotaExceeded(QuotaName(&domain::Quotas::policies_per_group),
                                   quotas.policies_per_group);
    }
    ASSIGN_OR_RETURN(policy.id, tx.policies().NewPolicyId());
    policy.create_time = tx.Now();
    policy.edited_at = tx.Now();
    RETURN_IF_ERROR(tx.policies().Insert(policy));
    v1::CreateScalingPolicyResponse response;
    response.set_scaling_policy_id(FormatResourceId(policy.id.value()));
    response.mutable_return_set()->set_scaling_policy_id(response.scaling_policy_id());
    return response;
  };
  auto answer = Write(parts_.store, context, create);
  if (answer.ok()) parts_.waker.DefinitionChanged(key);
  return answer;
}

absl::StatusOr<v1::ModifyScalingPolicyResponse> PolicyHandlers::Modify(
    const RequestContext& context, const v1::ModifyScalingPolicyRequest& request) {
  domain::ScalingPolicy unused;
  RETURN_IF_ERROR(Apply(request, unused));  // words are judged before ids
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  ASSIGN_OR_RETURN(const domain::PolicyId id, PolicyIdOf(request.scaling_policy_id()));
  const auto modify = [&](ports::Tx& tx) -> absl::StatusOr<v1::ModifyScalingPolicyResponse> {
    ASSIGN_OR_RETURN(const domain::ScalingGroup group, LockGroup(tx, key));
    ASSIGN_OR_RETURN(domain::ScalingPolicy policy, LockPolicy(tx, key, id));
    RETURN_IF_ERROR(Apply(request, policy));
    ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().GetQuotas(key.account_id));
    RETURN_IF_ERROR(
        Check<v1::ModifyScalingPolicyRequest>(policy, group, quotas, parts_.min_period));
    policy.edited_at = tx.Now();
    RETURN_IF_ERROR(tx.policies().Update(policy));
    v1::ModifyScalingPolicyResponse response;
    response.set_return_(true);
    response.mutable_return_set()->set_scaling_policy_id(FormatResourceId(id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, modify);
  if (answer.ok()) parts_.waker.DefinitionChanged(key);
  return answer;
}

absl::StatusOr<v1::DeleteScalingPolicyResponse> PolicyHandlers::Delete(
    const RequestContext& context, const v1::DeleteScalingPolicyRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  ASSIGN_OR_RETURN(const domain::PolicyId id, PolicyIdOf(request.scaling_policy_id()));
  const auto remove = [&](ports::Tx& tx) -> absl::StatusOr<v1::DeleteScalingPolicyResponse> {
    RETURN_IF_ERROR(LockPolicy(tx, key, id).status());
    RETURN_IF_ERROR(tx.policies().Delete(key, id));
    v1::DeleteScalingPolicyResponse response;
    response.mutable_return_set()->set_scaling_policy_id(FormatResourceId(id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, remove);
  if (answer.ok()) parts_.waker.DefinitionChanged(key);
  return answer;
}

absl::StatusOr<v1::DescribeScalingPolicyResponse> PolicyHandlers::Describe(
    const RequestContext& context, const v1::DescribeScalingPolicyRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  ports::PolicyFilter filter;
  for (const std::string& id : request.scaling_policy_ids()) {
    filter.ids.emplace_back(ResourceIdOrNone(id));
  }
  filter.name_contains = request.scaling_policy_name();
  const ports::Page page = PageOf(request);
  v1::DescribeScalingPolicyResponse response;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const domain::ScalingGroup group, GetGroup(tx, key));
    ASSIGN_OR_RETURN(const auto listing, tx.policies().List(key, filter, page));
    response.set_scaling_policy_size(listing.total);
    for (const domain::ScalingPolicy& policy : listing.rows) {
      v1::ScalingPolicy* message = response.add_scaling_policies();
      ToMessage(policy, message);
      message->set_availability_zone(group.zone);
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  response.set_marker(page.offset);
  response.set_max_results(page.limit);
  return response;
}

}  // namespace accordion::service
