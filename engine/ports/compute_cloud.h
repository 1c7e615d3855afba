// The cloud's compute service, as the engine needs it.
//
// Calls block; they run on the executor. `account` chooses the credential: implementations sign
// with that account's only.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"
#include "engine/activity/event.h"
#include "engine/activity/launch_name.h"
#include "engine/domain/scaling_configuration.h"
#include "engine/domain/types.h"

namespace accordion::ports {

// Everything that one RunInstances of exactly one instance says.
struct LaunchCall {
  domain::IntentId marker;   // in the tag `as.intent`
  domain::GroupId group_id;  // tag `as.group`
  domain::PlacementPair pair;
  std::vector<std::string> security_group_ids;
  const domain::ScalingConfiguration* configuration = nullptr;
  std::string name;  // LaunchName of the above
  absl::Time
      signed_at;  // time of the SENT commit: signed once, never re-signed (reliability.md C1.6)
};

using activity::LaunchName;

class ComputeCloud {
 public:
  virtual ~ComputeCloud() = default;

  // One of LaunchAccepted, LaunchRejected, LaunchNotSent, LaunchUnknown.
  virtual activity::Event Launch(const domain::AccountId& account, const LaunchCall& call) = 0;
  // Every instance whose name and tag carry the marker: all pages, the right project. An error
  // infers nothing.
  virtual absl::StatusOr<std::vector<activity::ObservedInstance>> FindByMarker(
      const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
      const domain::IntentId& marker) = 0;
  // Those of `ids` that this read has; complete, any number of ids.
  virtual absl::StatusOr<std::vector<activity::ObservedInstance>> ReadInstances(
      const domain::AccountId& account, int64_t project_id,
      absl::Span<const domain::InstanceId> ids) = 0;
  // Every instance that the account has in `projects`, which must not be empty: all pages. An error
  // infers nothing.
  virtual absl::StatusOr<std::vector<activity::ObservedInstance>> ListInstances(
      const domain::AccountId& account, absl::Span<const int64_t> projects) = 0;
  // OK if the cloud accepted it or does not have the instance.
  virtual absl::Status Terminate(const domain::AccountId& account,
                                 const domain::InstanceId& id) = 0;
};

// The failure class of a status that ComputeCloud or LoadBalancerCloud returned.
activity::FailureClass FailureClassOf(const absl::Status& status);
// A status that FailureClassOf reads back.
absl::Status CloudError(activity::FailureClass failure, absl::string_view words);

}  // namespace accordion::ports
