#include "engine/service/member_converters.h"

#include <string>

#include "accordion/v1/scaling_instance.pb.h"
#include "engine/domain/errors.h"
#include "engine/service/parameter_name.h"
#include "engine/service/timestamps.h"
#include "engine/service/words.h"

namespace accordion::service {

absl::StatusOr<ports::MemberFilter> MemberFilterOf(
    const v1::DescribeScalingInstanceRequest& request) {
  using Request = v1::DescribeScalingInstanceRequest;
  ports::MemberFilter filter;
  for (const std::string& id : request.scaling_instance_ids()) filter.ids.emplace_back(id);
  if (!request.creation_type().empty()) {
    filter.creation_type = ParseWord<domain::CreationType>(request.creation_type());
    if (!filter.creation_type) {
      return domain::InvalidParameterValue(
          ParameterName<Request>({Request::kCreationTypeFieldNumber}));
    }
  }
  if (!request.health_status().empty()) {
    filter.health = ParseWord<domain::Health>(request.health_status());
    if (!filter.health) {
      return domain::InvalidParameterValue(
          ParameterName<Request>({Request::kHealthStatusFieldNumber}));
    }
  }
  return filter;
}

void ToMessage(const domain::Member& member, v1::ScalingInstance* message) {
  message->set_instance_id(member.instance_id.value());
  message->set_instance_name(member.name);
  message->set_health_status(WordOf(member.health));
  message->set_creation_type(WordOf(member.creation_type));
  SetTimestamp(member.add_time, message->mutable_add_time());
  message->set_protected_from_scale_in(member.is_protected ? 1 : 0);
  message->set_host_name(member.host_name);
  message->set_autoscaler_host_name(member.host_name);
  message->set_life_cycle_state(WordOf(member.life_cycle));
  message->set_availability_zone(member.zone);
  message->set_protected_from_scale_down(member.is_protected);
}

}  // namespace accordion::service
