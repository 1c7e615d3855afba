#include "engine/service/membership_handlers.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "accordion/v1/scaling_instance.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/domain/group_rules.h"
#include "engine/domain/membership_rules.h"
#include "engine/service/group_key.h"
#include "engine/service/group_references.h"
#include "engine/service/parameter_name.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

using v1::AttachInstanceRequest;
using v1::AttachInstanceResponse;
using v1::DetachInstanceRequest;
using v1::DetachInstanceResponse;

constexpr int kConfigurationsPerAccount = 1000;  // far above the quota

template <typename Request>
std::string IdsName() {
  return ParameterName<Request>({Request::kScalingInstanceIdsFieldNumber});
}

template <typename Request>
absl::StatusOr<std::vector<domain::InstanceId>> IdsOf(const Request& request) {
  std::vector<domain::InstanceId> ids;
  for (const std::string& id : request.scaling_instance_ids()) {
    if (!id.empty()) ids.emplace_back(id);
  }
  if (ids.empty()) return domain::MissingParameter(IdsName<Request>());  // never "all"
  return ids;
}

std::string OutOf(absl::string_view what, const domain::MembershipFault& fault,
                  absl::string_view bound) {
  return absl::StrCat(what, " ", fault.capacity, ", ", bound, " ", fault.limit);
}

absl::Status FaultStatus(const domain::MembershipFault& fault, const std::string& ids_name) {
  using Kind = domain::MembershipFault::Kind;
  switch (fault.kind) {
    case Kind::kRepeated:
    case Kind::kElsewhere:
      return domain::InvalidParameterValue(ids_name);
    case Kind::kNotRunning:
      return domain::InstanceNotRunning(fault.instance_id.value());
    case Kind::kUnknown:
      return domain::ScalingInstanceNotFound(fault.instance_id.value());
    case Kind::kBusy:
      return domain::InstanceInUse(fault.instance_id.value());
    case Kind::kProtected:
      return domain::InstanceProtected(fault.instance_id.value());
    case Kind::kAboveMaxSize:
      return domain::CapacityOutOfRange(OutOf("desired capacity", fault, "MaxSize"));
    case Kind::kBelowMinSize:
      return domain::CapacityOutOfRange(OutOf("desired capacity", fault, "MinSize"));
    case Kind::kTooFewServe:
      break;
  }
  return domain::CapacityOutOfRange(OutOf("members in service", fault, "MinSize"));
}

absl::Status CheckAttach(const domain::ScalingGroup& group,
                         const std::vector<ports::InstanceInfo>& instances) {
  std::vector<domain::AttachCandidate> candidates;
  for (const ports::InstanceInfo& one : instances) {
    candidates.push_back({one.id, one.vpc_id, one.subnet_id, one.running});
  }
  const auto fault = domain::CheckAttach(group, candidates);
  return fault ? FaultStatus(*fault, IdsName<AttachInstanceRequest>()) : absl::OkStatus();
}

// The projects that the account is known to use: the cloud shows an instance only to those who name
// its project.
absl::StatusOr<std::vector<int64_t>> ProjectsOf(ports::Tx& tx, const domain::AccountId& account) {
  std::set<int64_t> projects = {0};
  ASSIGN_OR_RETURN(const auto configurations,
                   tx.configurations().List(account, {}, {.limit = kConfigurationsPerAccount}));
  for (const domain::ScalingConfiguration& one : configurations.rows) {
    projects.insert(one.project_id);
  }
  return std::vector<int64_t>(projects.begin(), projects.end());
}

template <typename Response>
Response Accepted() {
  Response response;
  response.set_return_(true);
  return response;
}

domain::Member NewMember(const ports::GroupKey& key, const ports::InstanceInfo& instance) {
  domain::Member member;
  member.instance_id = instance.id;
  member.group_id = key.group_id;
  member.account_id = key.account_id;
  member.name = instance.name;
  member.host_name = instance.host_name;
  member.life_cycle = domain::LifeCycle::kAttaching;
  member.creation_type = domain::CreationType::kManual;
  member.subnet_id = instance.subnet_id;
  member.zone = instance.zone;
  member.instance_type = instance.instance_type;
  member.private_ip = instance.private_ip;
  member.network_interface_id = instance.network_interface_id;
  member.project_id = instance.project_id;
  return member;
}

}  // namespace

absl::StatusOr<AttachInstanceResponse> MembershipHandlers::Attach(
    const RequestContext& context, const AttachInstanceRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<domain::InstanceId> ids, IdsOf(request));
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  std::vector<int64_t> projects;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(GetGroup(tx, key).status());
    ASSIGN_OR_RETURN(projects, ProjectsOf(tx, key.account_id));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  const auto instances = parts_.inventory.Instances(key.account_id, projects, ids);
  if (!instances.ok()) return InventoryStatus(instances.status(), IdsName<AttachInstanceRequest>());
  const auto attach = [&](ports::Tx& tx) -> absl::StatusOr<AttachInstanceResponse> {
    RETURN_IF_ERROR(AttachInTx(tx, context, key, *instances));
    return Accepted<AttachInstanceResponse>();
  };
  auto answer = Write(parts_.store, context, attach);
  if (answer.ok()) Tell(key);
  return answer;
}

absl::Status MembershipHandlers::AttachInTx(ports::Tx& tx, const RequestContext& context,
                                            const ports::GroupKey& key,
                                            const std::vector<ports::InstanceInfo>& instances) {
  ASSIGN_OR_RETURN(domain::ScalingGroup group, LockGroup(tx, key));
  RETURN_IF_ERROR(CheckAttach(group, instances));
  const int count = static_cast<int>(instances.size());
  const int before = std::exchange(group.desired_capacity, group.desired_capacity + count);
  group.desired_cause = {.kind = domain::TriggerKind::kAttach,
                         .text = activity::InstancesAttachedCause(parts_.language, context.actor(),
                                                                  count, before, before + count)};
  for (const ports::InstanceInfo& instance : instances) {
    domain::Member member = NewMember(key, instance);
    member.add_time = tx.Now();
    member.request_cause = group.desired_cause.text;
    const absl::Status inserted = tx.members().Insert(member);
    if (absl::IsAlreadyExists(inserted)) return domain::InstanceInUse(instance.id.value());
    RETURN_IF_ERROR(inserted);
  }
  group.delete_requested_at.reset();
  domain::EndRest(group);
  return tx.groups().Update(group);
}

absl::StatusOr<DetachInstanceResponse> MembershipHandlers::Detach(
    const RequestContext& context, const DetachInstanceRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<domain::InstanceId> ids, IdsOf(request));
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  const auto detach = [&](ports::Tx& tx) -> absl::StatusOr<DetachInstanceResponse> {
    RETURN_IF_ERROR(DetachInTx(tx, context, key, ids));
    return Accepted<DetachInstanceResponse>();
  };
  auto answer = Write(parts_.store, context, detach);
  if (answer.ok()) Tell(key);
  return answer;
}

absl::Status MembershipHandlers::DetachInTx(ports::Tx& tx, const RequestContext& context,
                                            const ports::GroupKey& key,
                                            const std::vector<domain::InstanceId>& ids) {
  ASSIGN_OR_RETURN(domain::ScalingGroup group, LockGroup(tx, key));
  ASSIGN_OR_RETURN(const std::vector<domain::Member> members, tx.members().Unclosed(key));
  if (const auto fault = domain::CheckDetach(group, members, ids))
    return FaultStatus(*fault, IdsName<DetachInstanceRequest>());
  const int count = static_cast<int>(ids.size());
  const int before = std::exchange(group.desired_capacity, group.desired_capacity - count);
  group.desired_cause = {.kind = domain::TriggerKind::kDetach,
                         .text = activity::InstancesDetachedCause(parts_.language, context.actor(),
                                                                  count, before, before - count)};
  const std::set<domain::InstanceId> in_order(ids.begin(), ids.end());
  for (const domain::InstanceId& id : in_order) {
    ASSIGN_OR_RETURN(domain::Member member, tx.members().Lock(key, id));
    // What an activity made of it since it was read: the row is ours only now.
    const bool still_here = member.life_cycle == domain::LifeCycle::kInService ||
                            member.life_cycle == domain::LifeCycle::kAttaching;
    if (!still_here) return domain::InstanceInUse(id.value());
    member.life_cycle = domain::LifeCycle::kDetaching;
    member.request_cause = group.desired_cause.text;
    RETURN_IF_ERROR(tx.members().Update(member));
  }
  domain::EndRest(group);
  return tx.groups().Update(group);
}

void MembershipHandlers::Tell(const ports::GroupKey& key) {
  parts_.waker.Wake(key);
  parts_.waker.DefinitionChanged(key);
}

}  // namespace accordion::service
