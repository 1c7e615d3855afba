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
  Add(to, "InstancePassword", configuration.password.Reveal());
  Add(to, "UserData", configuration.user_data.Reveal());
  if (configuration.keep_image_login) Add(to, "KeepImageLogin", BoolText(true));
  int number = 0;
  for (const std::string& key : configuration.key_ids)
    Add(to, absl::StrCat("KeyId.", ++number), key);
}

// All of bandwidth, line and charge type, or none (clients.md §4).
void AddAddress(const domain::AddressSettings& address, Parameters& to) {
  if (!address.Bought()) return;
  if (address.bandwidth_mbps.has_value())
    Add(to, "AddressBandWidth", absl::StrCat(*address.bandwidth_mbps));
  Add(to, "BandWidthShareId", address.bandwidth_share_id);
  Add(to, "LineId", address.line_id);
  Add(to, "AddressChargeType", address.charge_type);
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
  add("as.intent", call.marker.value());
  add("as.group", absl::StrCat(call.group_id.value()));
  for (const domain::Tag& tag : call.configuration->tags) add(tag.key, tag.value);
}

}  // namespace

Parameters RunInstancesParameters(const ports::LaunchCall& call) {
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
  Add(to, "InstanceName",
      ports::LaunchName(configuration, call.group_id, call.marker, call.signed_at));
  AddLogin(configuration, to);
  AddDisks(configuration, to);
  AddAddress(configuration.address, to);
  AddTags(call, to);
  if (configuration.sync_tag.has_value()) Add(to, "SyncTag", BoolText(*configuration.sync_tag));
  return to;
}

}  // namespace accordion::cloud
