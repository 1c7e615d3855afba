// A scaling configuration: the template that instances of a group are launched from.
//
// Secrets (`password`, `user_data`) are plain here because the launch needs them; the store seals
// them at rest and nothing below may log them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/secret.h"
#include "engine/domain/types.h"

namespace accordion::domain {

struct DataDisk {
  std::string type;
  int size_gb = 0;
  bool delete_with_instance = false;  // omitted means false (semantics.md §13)
  std::string snapshot_id;

  friend bool operator==(const DataDisk&, const DataDisk&) = default;
};

struct SystemDisk {
  std::string type;
  int size_gb = 0;
  std::string resize_type;

  friend bool operator==(const SystemDisk&, const SystemDisk&) = default;
};

struct Tag {
  std::string key;
  std::string value;

  friend bool operator==(const Tag&, const Tag&) = default;
};

// An elastic IP is bought with each launch iff a bandwidth or a shared bandwidth is given
// (semantics.md §13).
struct AddressSettings {
  std::optional<int> bandwidth_mbps;
  std::string bandwidth_share_id;
  std::string line_id;
  std::optional<int64_t> project_id;
  std::string charge_type;

  // The cloud puts an address without a project into the default one.
  int64_t ProjectId() const { return project_id.value_or(0); }
  bool Bought() const { return bandwidth_mbps.has_value() || !bandwidth_share_id.empty(); }
  friend bool operator==(const AddressSettings&, const AddressSettings&) = default;
};

struct ScalingConfiguration {
  ConfigurationId id;
  AccountId account_id;
  std::string name;
  std::string image_id;
  std::vector<std::string> instance_types;  // 1..10, in the order in which placement tries them
  std::string charge_type = "HourlyInstantSettlement";
  int64_t project_id = 0;
  base::SecretString password;
  std::vector<std::string> key_ids;
  bool keep_image_login = false;
  std::optional<int> data_disk_gb;  // local data disk
  std::vector<DataDisk> data_disks;
  SystemDisk system_disk;
  AddressSettings address;
  std::string instance_name;
  std::string instance_name_suffix;
  bool instance_name_time_suffix = false;
  base::SecretString user_data;  // base64 as the user gave it
  std::vector<Tag> tags;
  std::optional<int> need_monitor_agent;
  std::optional<int> need_security_agent;
  std::optional<bool> sync_tag;
  std::optional<bool> login_set_after;
  std::optional<bool> ip_bind_after;
  std::optional<bool> instance_name_random;
  absl::Time create_time;
  int64_t version = 0;

  // Facts of the first instance type, read from the cloud when the configuration was written.
  int cpu = 0;
  int memory_gb = 0;
  int gpu = 0;
  std::vector<std::string> zones;

  // With `ip_bind_after` the user binds addresses of their own after the launch.
  bool BuysAddress() const { return address.Bought() && !ip_bind_after.value_or(false); }
  friend bool operator==(const ScalingConfiguration&, const ScalingConfiguration&) = default;
};

}  // namespace accordion::domain
