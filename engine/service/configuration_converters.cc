#include "engine/service/configuration_converters.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "accordion/v1/scaling_configuration.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/service/json_text.h"
#include "engine/service/parameter_name.h"
#include "engine/service/resource_id.h"
#include "engine/service/timestamps.h"

namespace accordion::service {
namespace {

template <typename Request>
absl::Status ApplyInstanceTypes(const Request& request,
                                domain::ScalingConfiguration& configuration) {
  if (!request.instance_types().empty()) {
    configuration.instance_types.assign(request.instance_types().begin(),
                                        request.instance_types().end());
  } else if (!request.instance_type().empty()) {
    configuration.instance_types = {request.instance_type()};
  }
  if (configuration.instance_types.empty()) {
    return domain::MissingParameter(ParameterName<Request>({Request::kInstanceTypeFieldNumber}));
  }
  absl::flat_hash_set<std::string> seen;
  for (const std::string& type : configuration.instance_types) {
    if (!seen.insert(type).second) {
      return domain::InvalidParameterValue(
          ParameterName<Request>({Request::kInstanceTypesFieldNumber}));
    }
  }
  return absl::OkStatus();
}

template <typename Request>
absl::Status ApplyDisks(const Request& request, domain::ScalingConfiguration& configuration) {
  if (request.has_data_disk_gb()) configuration.data_disk_gb = request.data_disk_gb();
  if (!request.data_disks().empty()) configuration.data_disks.clear();
  for (const v1::DataDisk& disk : request.data_disks()) {
    if (disk.type().empty()) {
      return domain::MissingParameter(
          ParameterName<Request>({Request::kDataDisksFieldNumber, v1::DataDisk::kTypeFieldNumber}));
    }
    if (!disk.has_size()) {
      return domain::MissingParameter(
          ParameterName<Request>({Request::kDataDisksFieldNumber, v1::DataDisk::kSizeFieldNumber}));
    }
    configuration.data_disks.push_back({.type = disk.type(),
                                        .size_gb = disk.size(),
                                        .delete_with_instance = disk.delete_with_instance(),
                                        .snapshot_id = disk.snapshot_id()});
  }
  const v1::SystemDisk& system = request.system_disk();
  if (!system.disk_type().empty()) configuration.system_disk.type = system.disk_type();
  if (system.has_disk_size()) configuration.system_disk.size_gb = system.disk_size();
  if (!system.resize_type().empty()) configuration.system_disk.resize_type = system.resize_type();
  return absl::OkStatus();
}

template <typename Request>
absl::Status ApplyAddress(const Request& request, domain::AddressSettings& address) {
  if (request.has_address_band_width()) address.bandwidth_mbps = request.address_band_width();
  if (!request.band_width_share_id().empty()) {
    address.bandwidth_share_id = request.band_width_share_id();
  }
  if (!request.line_id().empty()) address.line_id = request.line_id();
  if (request.has_address_project_id()) address.project_id = request.address_project_id();
  if (!request.address_charge_type().empty()) address.charge_type = request.address_charge_type();
  if (!address.line_id.empty() && !address.Bought()) {
    return domain::MissingParameter(
        ParameterName<Request>({Request::kAddressBandWidthFieldNumber}));
  }
  return absl::OkStatus();
}

template <typename Request>
void ApplyNames(const Request& request, domain::ScalingConfiguration& configuration) {
  if (!request.scaling_configuration_name().empty()) {
    configuration.name = request.scaling_configuration_name();
  }
  if (!request.instance_name().empty()) configuration.instance_name = request.instance_name();
  if (!request.instance_name_suffix().empty()) {
    configuration.instance_name_suffix = request.instance_name_suffix();
  }
  if (request.has_instance_name_time_suffix()) {
    configuration.instance_name_time_suffix = request.instance_name_time_suffix();
  }
  if (!request.tags().empty()) configuration.tags.clear();
  for (const v1::Tag& tag : request.tags()) configuration.tags.push_back({tag.key(), tag.value()});
}

template <typename Request>
void ApplyLogin(const Request& request, domain::ScalingConfiguration& configuration) {
  if (!request.password().empty()) {
    configuration.password = base::SecretString(request.password());
  }
  if (!request.key_ids().empty()) {
    configuration.key_ids.assign(request.key_ids().begin(), request.key_ids().end());
  }
  if (request.has_keep_image_login()) configuration.keep_image_login = request.keep_image_login();
  if (!request.user_data().empty()) {
    configuration.user_data = base::SecretString(request.user_data());
  }
}

template <typename Request>
absl::Status ApplyCommon(const Request& request, domain::ScalingConfiguration& configuration) {
  if (!request.image_id().empty()) configuration.image_id = request.image_id();
  RETURN_IF_ERROR(ApplyInstanceTypes(request, configuration));
  if (!request.charge_type().empty()) configuration.charge_type = request.charge_type();
  if (request.has_project_id()) configuration.project_id = request.project_id();
  RETURN_IF_ERROR(ApplyDisks(request, configuration));
  RETURN_IF_ERROR(ApplyAddress(request, configuration.address));
  ApplyNames(request, configuration);
  ApplyLogin(request, configuration);
  if (request.has_need_monitor_agent()) {
    configuration.need_monitor_agent = request.need_monitor_agent();
  }
  if (request.has_need_security_agent()) {
    configuration.need_security_agent = request.need_security_agent();
  }
  if (request.has_sync_tag()) configuration.sync_tag = request.sync_tag();
  return absl::OkStatus();
}

void AddressToMessage(const domain::AddressSettings& address, v1::ScalingConfiguration* message) {
  if (!address.Bought()) return;
  if (address.bandwidth_mbps) message->set_address_band_width(*address.bandwidth_mbps);
  message->set_band_width_share_id(address.bandwidth_share_id);
  message->set_line_id(address.line_id);
  if (address.project_id) message->set_address_project_id(*address.project_id);
  message->set_address_charge_type(address.charge_type);
}

void DisksToMessage(const domain::ScalingConfiguration& configuration,
                    v1::ScalingConfiguration* message) {
  message->set_storage_size(configuration.data_disk_gb.value_or(0));
  message->set_root_size(configuration.system_disk.size_gb);
  message->set_system_disk_type(configuration.system_disk.type);
  message->set_system_disk_resize_type(configuration.system_disk.resize_type);
  if (configuration.system_disk.size_gb > 0) {
    message->set_system_disk_size(configuration.system_disk.size_gb);
  }
  if (!configuration.data_disks.empty()) {
    message->set_data_disks_json(DataDisksJson(configuration.data_disks));
  }
}

void AfterLaunchToMessage(const domain::ScalingConfiguration& configuration,
                          v1::ScalingConfiguration* message) {
  if (configuration.login_set_after) message->set_login_set_after(*configuration.login_set_after);
  if (configuration.ip_bind_after) message->set_ip_bind_after(*configuration.ip_bind_after);
  if (configuration.instance_name_random) {
    message->set_instance_name_random(*configuration.instance_name_random);
  }
}

// What the ids alone say; names of projects are another service's.
void ProjectToMessage(const domain::ScalingConfiguration& configuration, v1::Project* message) {
  const std::string account = configuration.account_id.value();
  message->set_project_id(configuration.project_id);
  message->set_account_id(account);
  message->set_krn(absl::StrCat("krn:ksc:iam:", account, ":project/", configuration.project_id));
}

}  // namespace

absl::Status Apply(const v1::CreateScalingConfigurationRequest& request,
                   domain::ScalingConfiguration& configuration) {
  return ApplyCommon(request, configuration);
}

absl::Status Apply(const v1::ModifyScalingConfigurationRequest& request,
                   domain::ScalingConfiguration& configuration) {
  if (request.has_login_set_after()) configuration.login_set_after = request.login_set_after();
  if (request.has_ip_bind_after()) configuration.ip_bind_after = request.ip_bind_after();
  if (request.has_instance_name_random()) {
    configuration.instance_name_random = request.instance_name_random();
  }
  return ApplyCommon(request, configuration);
}

void ToMessage(const domain::ScalingConfiguration& configuration,
               absl::Span<const ports::ConfigurationUser> users,
               v1::ScalingConfiguration* message) {
  message->set_scaling_configuration_id(FormatResourceId(configuration.id.value()));
  message->set_scaling_configuration_name(configuration.name);
  for (const ports::ConfigurationUser& user : users) {
    if (user.configuration_id != configuration.id) continue;
    auto* group = message->add_scaling_groups();
    group->set_scaling_group_id(FormatResourceId(user.group_id.value()));
    group->set_scaling_group_name(user.group_name);
  }
  message->set_cpu(configuration.cpu);
  message->set_mem(configuration.memory_gb);
  message->set_gpu(configuration.gpu);
  message->set_image_id(configuration.image_id);
  message->set_need_monitor_agent(configuration.need_monitor_agent.value_or(1));
  message->set_need_security_agent(configuration.need_security_agent.value_or(1));
  message->set_charge_type(configuration.charge_type);
  message->set_instance_type(absl::StrJoin(configuration.instance_types, ","));
  for (const std::string& type : configuration.instance_types) message->add_instance_types(type);
  message->set_available(configuration.zones.empty() ? 0 : 1);
  SetTimestamp(configuration.create_time, message->mutable_create_time());
  message->set_product_line("KEC");
  message->set_storage_type("KDFS");  // the one kind that the reference knows
  message->set_instance_name(configuration.instance_name);
  message->set_instance_name_suffix(configuration.instance_name_suffix);
  message->set_project_id(configuration.project_id);
  message->set_keep_image_login(configuration.keep_image_login);
  DisksToMessage(configuration, message);
  message->set_instance_name_time_suffix(configuration.instance_name_time_suffix);
  for (const std::string& zone : configuration.zones) {
    message->add_support_availability_zones(zone);
  }
  AddressToMessage(configuration.address, message);
  for (const domain::Tag& tag : configuration.tags) {
    v1::Tag* added = message->add_tags();
    added->set_key(tag.key);
    added->set_value(tag.value);
  }
  if (!configuration.key_ids.empty()) message->set_key_ids_json(StringsJson(configuration.key_ids));
  message->set_user_data(configuration.user_data.Reveal());
  if (configuration.sync_tag) message->set_sync_tag(*configuration.sync_tag);
  AfterLaunchToMessage(configuration, message);
  ProjectToMessage(configuration, message->mutable_project());
}

}  // namespace accordion::service
