#include "engine/activity/member_slot.h"

#include <string>

namespace accordion::activity {

Slot SlotOfMember(const Activity& activity, int number, SlotState state,
                  const domain::Member& member, absl::Time now) {
  Slot slot;
  slot.activity_id = activity.id;
  slot.number = number;
  slot.state = state;
  slot.creation_type = member.creation_type;
  slot.pair = {member.subnet_id, member.instance_type};
  slot.instance_id = member.instance_id;
  slot.instance_name = member.name;
  slot.host_name = member.host_name;
  slot.private_ip = member.private_ip;
  slot.network_interface_id = member.network_interface_id;
  slot.zone = member.zone;
  slot.project_id = member.project_id;
  slot.surviving_disks = member.surviving_disks;
  slot.state_since = now;
  slot.wake_at = now;
  return slot;
}

void Observe(Slot& slot, const ObservedInstance& seen) {
  const auto take = [](std::string& known, const std::string& value) {
    if (!value.empty()) known = value;
  };
  take(slot.instance_name, seen.name);
  take(slot.host_name, seen.host_name);
  take(slot.private_ip, seen.private_ip);
  take(slot.network_interface_id, seen.network_interface_id);
  take(slot.zone, seen.zone);
  if (!seen.surviving_disks.empty()) slot.surviving_disks = seen.surviving_disks;
}

}  // namespace accordion::activity
