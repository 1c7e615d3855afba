// One simulated instance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::cloudsim {

//   pending ──boot time──▶ active ◀──▶ stopped        (operator, admin interface)
//      └──boot fault──▶ error        └─▶ error
//   any ──Terminate, no ForceDelete──▶ recycling ──Terminate, ForceDelete──▶ terminating ──▶ (gone)
enum class InstanceState { kPending, kActive, kStopped, kError, kRecycling, kTerminating };

// The word in InstanceState.Name.
absl::string_view InstanceStateName(InstanceState state);

// What a launch leads to; anything but kBoots comes from a fault rule.
enum class BootFate { kBoots, kFails, kHangs };

struct Tag {
  std::string key;
  std::string value;
};

// A cloud disk beside the system disk.
struct DataDisk {
  std::string id;
  std::string type;
  int size_gb = 0;
  bool delete_with_instance = false;
  std::string snapshot_id;
};

struct Instance {
  uint64_t sequence = 0;  // order of creation in the region
  std::string id;
  std::string account_id;
  int64_t project_id = 0;
  std::string name;
  std::string host_name;
  std::string type;
  std::string image_id;
  std::string vpc_id;
  std::string subnet_id;
  std::string zone;
  std::string private_ip;
  std::string network_interface_id;
  std::vector<std::string> security_group_ids;
  std::string charge_type;
  std::vector<Tag> tags;
  std::vector<DataDisk> data_disks;

  absl::Time created_at;
  InstanceState state = InstanceState::kPending;
  BootFate fate = BootFate::kBoots;
  absl::Time active_since = absl::InfiniteFuture();     // of its last start
  absl::Time next_transition = absl::InfiniteFuture();  // when time alone changes `state`
};

}  // namespace accordion::cloudsim
