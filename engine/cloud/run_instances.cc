#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/cloud/kec_compute.h"

namespace accordion::cloud {
namespace {

using Parameters = base::sigv4::Parameters;

void Add(Parameters& to, std::string name, std::string value) {
  if (!value.empty()) to.emplace_back(std::move(name), std::move(value));
}

std::string BoolText(bool value) { return value ? "true" : "false"; }

void AddDisks(const domain::ScalingConfiguration& configuration, Parameters& to) {
  Add(to, "SystemDisk.DiskType", configuration.system_disk.type);
  if (configuration.system_disk.size_gb > 0) {
    Add(to, "SystemDisk.DiskSize", absl::StrCat(configuration.system_disk.size_gb));
  }
  Add(to, "SystemDisk.ResizeType", configuration.system_disk.resize_type);
  if (configuration.data_disk_gb.has_value())
    Add(to, "DataDiskGb", absl::StrCat(*configuration.data_disk_gb));
  int number = 0;
  for (const domain::DataDisk& disk : configuration.data_disks) {
    const std::string prefix = absl::StrCat("DataDisk.", ++number, ".");
    Add(to, prefix + "Type", disk.type);
    if (disk.size_gb > 0) Add(to, prefix + "Size", absl::StrCat(disk.size_gb));
    Add(to, prefix + "DeleteWithInstance", BoolText(disk.delete_with_instance));
    Add(to, prefix + "SnapshotId", disk.snapshot_id);
  }
}

void AddLogin(const domain::ScalingConfiguration& configuration, Parameters& to) {
  Add(to, "UserData", configuration.user_data.Reveal());
  // With LoginSetAfter the user sets the login of the running instance.
  if (configuration.login_set_after.value_or(false)) return;
  Add(to, "InstancePassword", configuration.password.Reveal());
  if (configuration.keep_image_login) Add(to, "KeepImageLogin", BoolText(true));
  int number = 0;
  for (const std::string& key : configuration.key_ids)
    Add(to, absl::StrCat("KeyId.", ++number), key);
}

// The cloud's images have both agents; only a configuration that wants none says so.
void AddAgents(const domain::ScalingConfiguration& configuration, Parameters& to) {
  if (configuration.need_monitor_agent == 0) Add(to, "NeedMonitorAgent", "0");
  if (configuration.need_security_agent == 0) Add(to, "NeedSecurityAgent", "0");
}

// What `word` stands for in `names`, else itself.
std::string Mapped(const std::map<std::string, std::string>& names, const std::string& word) {
  const auto named = names.find(word);
  return named == names.end() ? word : named->second;
}

// Bandwidth, line and charge type come together or not at all (clients.md §4). An address that
// only joins a shared bandwidth has that one's line and bill.
void AddAddress(const domain::ScalingConfiguration& configuration, const AddressTerms& terms,
                Parameters& to) {
  if (!configuration.BuysAddress()) return;
  const domain::AddressSettings& address = configuration.address;
  if (address.bandwidth_mbps.has_value()) {
    Add(to, "AddressBandWidth", absl::StrCat(*address.bandwidth_mbps));
    Add(to, "LineId",
        Mapped(terms.line_ids, address.line_id.empty() ? terms.default_line : address.line_id));
    Add(to, "AddressChargeType",
        address.charge_type.empty() ? Mapped(terms.charge_types, configuration.charge_type)
                                    : address.charge_type);
  }
  Add(to, "BandWidthShareId", address.bandwidth_share_id);
  if (address.project_id.has_value())
    Add(to, "AddressProjectId", absl::StrCat(*address.project_id));
}

void AddTags(const ports::LaunchCall& call, Parameters& to) {
  int number = 0;
  const auto add = [&](const std::string& key, const std::string& value) {
    ++number;
    Add(to, absl::StrCat("Tag.", number, ".Key"), key);
    Add(to, absl::StrCat("Tag.", number, ".Value"), value);
  };
  add(kIntentTag, call.marker.value());
  add(kGroupTag, absl::StrCat(call.group_id.value()));
  for (const domain::Tag& tag : call.configuration->tags) add(tag.key, tag.value);
}

}  // namespace

Parameters RunInstancesParameters(const ports::LaunchCall& call, const AddressTerms& terms) {
  const domain::ScalingConfiguration& configuration = *call.configuration;
  Parameters to;
  Add(to, "ImageId", configuration.image_id);
  Add(to, "InstanceType", call.pair.instance_type);
  Add(to, "MinCount", "1");
  Add(to, "MaxCount", "1");
  Add(to, "SubnetId", call.pair.subnet_id.value());
  if (call.security_group_ids.size() == 1) {
    Add(to, "SecurityGroupId", call.security_group_ids.front());
  } else {
    int number = 0;
    for (const std::string& id : call.security_group_ids)
      Add(to, absl::StrCat("SecurityGroupId.", ++number), id);
  }
  Add(to, "ChargeType", configuration.charge_type);
  Add(to, "ProjectId", absl::StrCat(configuration.project_id));
  Add(to, "InstanceName", call.name);
  AddLogin(configuration, to);
  AddDisks(configuration, to);
  AddAgents(configuration, to);
  AddAddress(configuration, terms, to);
  AddTags(call, to);
  if (configuration.sync_tag.has_value()) Add(to, "SyncTag", BoolText(*configuration.sync_tag));
  return to;
}

}  // namespace accordion::cloud
