// AttachInstance and DetachInstance (semantics.md §9): users' own changes of a group's members.
//
// A request writes the members' rows and desired capacity in one transaction, all or none, also
// while another activity is open and while the group is disabled; reconcile opens the activity that
// carries it out.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/activity/cause.h"
#include "engine/ports/cloud_inventory.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::v1 {
class AttachInstanceRequest;
class AttachInstanceResponse;
class DetachInstanceRequest;
class DetachInstanceResponse;
}  // namespace accordion::v1

namespace accordion::service {

// Thread-safe.
class MembershipHandlers {
 public:
  struct Parts {
    ports::Store& store;
    ports::CloudInventory& inventory;
    ports::GroupWaker& waker;
    activity::Language language = activity::Language::kChinese;
  };
  explicit MembershipHandlers(const Parts& parts) : parts_(parts) {}

  // InvalidParameterValue for an instance that doesn't exist, isn't where the group is or is named
  // twice; InstanceNotRunning; InstanceInUse for a member of any group; CapacityOutOfRange above
  // max size; ServiceTimeout if the cloud can't say what the instances are. Takes a recorded Delete
  // back.
  absl::StatusOr<v1::AttachInstanceResponse> Attach(const RequestContext& context,
                                                    const v1::AttachInstanceRequest& request);
  // ScalingInstanceNotFound for one that is no member; InstanceInUse for one that is leaving
  // already or not launched yet; InstanceProtected; CapacityOutOfRange below min size.
  absl::StatusOr<v1::DetachInstanceResponse> Detach(const RequestContext& context,
                                                    const v1::DetachInstanceRequest& request);

 private:
  absl::Status AttachInTx(ports::Tx& tx, const RequestContext& context, const ports::GroupKey& key,
                          const std::vector<ports::InstanceInfo>& instances);
  absl::Status DetachInTx(ports::Tx& tx, const RequestContext& context, const ports::GroupKey& key,
                          const std::vector<domain::InstanceId>& ids);
  void Tell(const ports::GroupKey& key);

  const Parts parts_;
};

}  // namespace accordion::service
