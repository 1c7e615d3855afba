#include "engine/service/configuration_handlers.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "accordion/v1/scaling_configuration.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/domain/group_rules.h"
#include "engine/domain/launch_breaker.h"
#include "engine/service/configuration_converters.h"
#include "engine/service/group_references.h"
#include "engine/service/parameter_name.h"
#include "engine/service/quota_names.h"
#include "engine/service/resource_id.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

using domain::ScalingConfiguration;

template <typename Request>
absl::Status CheckImage(ports::CloudInventory& inventory, const ScalingConfiguration& subject) {
  return InventoryStatus(inventory.Image(subject.account_id, subject.image_id),
                         ParameterName<Request>({Request::kImageIdFieldNumber}));
}

// The groups whose launches failed for good with the configuration as it was: an edit may have
// taken the cause away. Groups are locked before configurations, in order of id.
absl::Status ResumeLaunchesWith(ports::Tx& tx, const domain::AccountId& account,
                                const domain::ConfigurationId& id) {
  ASSIGN_OR_RETURN(const std::vector<ports::ConfigurationUser> users,
                   tx.configurations().Users(account, {id}));
  std::set<domain::GroupId> groups;
  for (const ports::ConfigurationUser& user : users) groups.insert(user.group_id);
  for (const domain::GroupId& group_id : groups) {
    const ports::GroupKey key{account, group_id};
    ASSIGN_OR_RETURN(const domain::ScalingGroup seen, tx.groups().Get(key));
    if (seen.launch_errors_in_a_row == 0) continue;
    ASSIGN_OR_RETURN(domain::ScalingGroup group, tx.groups().Lock(key));
    domain::EndRest(group);
    domain::ResumeLaunches(group);
    RETURN_IF_ERROR(tx.groups().Update(group));
  }
  return absl::OkStatus();
}

// What the cloud says of the instance types: the size of the first, and the zones of all.
struct TypeFacts {
  int cpu = 0;
  int memory_gb = 0;
  int gpu = 0;
  std::vector<std::string> zones;
};

template <typename Request>
absl::StatusOr<TypeFacts> ReadTypeFacts(ports::CloudInventory& inventory, const Request& request,
                                        const ScalingConfiguration& subject) {
  const int field = request.instance_types().empty() ? Request::kInstanceTypeFieldNumber
                                                     : Request::kInstanceTypesFieldNumber;
  TypeFacts facts;
  for (const std::string& name : subject.instance_types) {
    const auto info = inventory.InstanceType(subject.account_id, name);
    if (!info.ok()) return InventoryStatus(info.status(), ParameterName<Request>({field}));
    if (name == subject.instance_types.front()) {
      facts.cpu = info->cpu;
      facts.memory_gb = info->memory_gb;
      facts.gpu = info->gpu;
    }
    for (const std::string& zone : info->zones) {
      if (std::find(facts.zones.begin(), facts.zones.end(), zone) == facts.zones.end()) {
        facts.zones.push_back(zone);
      }
    }
  }
  return facts;
}

void SetTypeFacts(TypeFacts facts, ScalingConfiguration& subject) {
  subject.cpu = facts.cpu;
  subject.memory_gb = facts.memory_gb;
  subject.gpu = facts.gpu;
  subject.zones = std::move(facts.zones);
}

absl::Status NotFound(domain::ConfigurationId id) {
  return domain::ScalingConfigurationNotFound(FormatResourceId(id.value()));
}

}  // namespace

absl::StatusOr<v1::CreateScalingConfigurationResponse> ConfigurationHandlers::Create(
    const RequestContext& context, const v1::CreateScalingConfigurationRequest& request) {
  using Request = v1::CreateScalingConfigurationRequest;
  ScalingConfiguration configuration;
  configuration.account_id = context.account_id;
  RETURN_IF_ERROR(Apply(request, configuration));
  RETURN_IF_ERROR(CheckImage<Request>(inventory_, configuration));
  ASSIGN_OR_RETURN(TypeFacts facts, ReadTypeFacts(inventory_, request, configuration));
  SetTypeFacts(std::move(facts), configuration);

  const auto create = [&](ports::Tx& tx) -> absl::StatusOr<v1::CreateScalingConfigurationResponse> {
    ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().LockQuotas(context.account_id));
    ASSIGN_OR_RETURN(const int count, tx.configurations().Count(context.account_id));
    if (count >= quotas.configurations) {
      return domain::QuotaExceeded(QuotaName(&domain::Quotas::configurations),
                                   quotas.configurations);
    }
    ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
    configuration.id = domain::ConfigurationId(id);
    configuration.create_time = tx.Now();
    RETURN_IF_ERROR(tx.configurations().Insert(configuration));
    v1::CreateScalingConfigurationResponse response;
    response.set_scaling_configuration_id(FormatResourceId(id));
    return response;
  };
  return Write(store_, context, create);
}

absl::StatusOr<v1::ModifyScalingConfigurationResponse> ConfigurationHandlers::Modify(
    const RequestContext& context, const v1::ModifyScalingConfigurationRequest& request) {
  using Request = v1::ModifyScalingConfigurationRequest;
  const auto parsed = ParseResourceId(request.scaling_configuration_id());
  if (!parsed) {
    return domain::ScalingConfigurationNotFound(request.scaling_configuration_id());
  }
  const domain::ConfigurationId id(*parsed);
  ScalingConfiguration
      draft;  // for the look at the cloud; the transaction edits the row as it is then
  const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(draft,
                     OrNotFound(tx.configurations().Get(context.account_id, id), NotFound(id)));
    return Apply(request, draft);
  });
  RETURN_IF_ERROR(read);
  if (!request.image_id().empty()) RETURN_IF_ERROR(CheckImage<Request>(inventory_, draft));
  const bool new_types = !request.instance_types().empty() || !request.instance_type().empty();
  TypeFacts facts;
  if (new_types) {
    ASSIGN_OR_RETURN(facts, ReadTypeFacts(inventory_, request, draft));
  }

  const auto modify = [&](ports::Tx& tx) -> absl::StatusOr<v1::ModifyScalingConfigurationResponse> {
    RETURN_IF_ERROR(ResumeLaunchesWith(tx, context.account_id, id));
    ASSIGN_OR_RETURN(ScalingConfiguration configuration,
                     OrNotFound(tx.configurations().Lock(context.account_id, id), NotFound(id)));
    RETURN_IF_ERROR(Apply(request, configuration));
    if (new_types) SetTypeFacts(facts, configuration);
    RETURN_IF_ERROR(tx.configurations().Update(configuration));
    v1::ModifyScalingConfigurationResponse response;
    response.set_return_(true);
    return response;
  };
  return Write(store_, context, modify);
}

absl::StatusOr<v1::DeleteScalingConfigurationResponse> ConfigurationHandlers::Delete(
    const RequestContext& context, const v1::DeleteScalingConfigurationRequest& request) {
  std::set<domain::ConfigurationId> ids;  // in order, so that two requests never lock crosswise
  for (const std::string& text : request.scaling_configuration_ids()) {
    const auto id = ParseResourceId(text);
    if (!id) return domain::ScalingConfigurationNotFound(text);
    ids.emplace(*id);
  }
  const auto remove = [&](ports::Tx& tx) -> absl::StatusOr<v1::DeleteScalingConfigurationResponse> {
    for (const domain::ConfigurationId& id : ids) {
      RETURN_IF_ERROR(
          OrNotFound(tx.configurations().Lock(context.account_id, id), NotFound(id)).status());
    }
    ASSIGN_OR_RETURN(const auto users,
                     tx.configurations().Users(context.account_id, {ids.begin(), ids.end()}));
    if (!users.empty()) {
      return domain::ScalingConfigurationInUse(
          FormatResourceId(users.front().configuration_id.value()),
          FormatResourceId(users.front().group_id.value()));
    }
    v1::DeleteScalingConfigurationResponse response;
    for (const domain::ConfigurationId& id : ids) {
      RETURN_IF_ERROR(tx.configurations().Delete(context.account_id, id));
      response.add_return_set()->set_scaling_configuration_id(FormatResourceId(id.value()));
    }
    return response;
  };
  return Write(store_, context, remove);
}

absl::StatusOr<v1::DescribeScalingConfigurationResponse> ConfigurationHandlers::Describe(
    const RequestContext& context, const v1::DescribeScalingConfigurationRequest& request) {
  constexpr int64_t kNoProject = -1;
  ports::ConfigurationFilter filter;
  filter.name_contains = request.scaling_configuration_name();
  for (const std::string& id : request.scaling_configuration_ids()) {
    filter.ids.emplace_back(ResourceIdOrNone(id));
  }
  for (const std::string& project : request.project_ids()) {
    // 0 is the default project, which is no resource id.
    filter.project_ids.push_back(project == "0" ? 0
                                                : ParseResourceId(project).value_or(kNoProject));
  }
  v1::DescribeScalingConfigurationResponse response;
  const absl::Status read = store_.Read([&](ports::Tx& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const auto listing,
                     tx.configurations().List(context.account_id, filter, PageOf(request)));
    response.set_scaling_configuration_count(listing.total);
    if (listing.rows.empty()) return absl::OkStatus();
    std::vector<domain::ConfigurationId> ids;
    for (const ScalingConfiguration& configuration : listing.rows) ids.push_back(configuration.id);
    ASSIGN_OR_RETURN(const auto users, tx.configurations().Users(context.account_id, ids));
    for (const ScalingConfiguration& configuration : listing.rows) {
      ToMessage(configuration, users, response.add_scaling_configurations());
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return response;
}

}  // namespace accordion::service
