// Runs an effect against the cloud and turns what happened into an event. The only place where the
// loops touch the cloud.
#pragma once

#include <string>

#include "engine/activity/activity.h"
#include "engine/activity/event.h"
#include "engine/control/lease_keeper.h"
#include "engine/control/settings.h"
#include "engine/ports/address_cloud.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/load_balancer_cloud.h"

namespace accordion::control {

// Thread-safe.
class EffectRunner {
 public:
  struct Parts {
    ports::ComputeCloud& compute;
    ports::LoadBalancerCloud& load_balancers;
    ports::AddressCloud& addresses;
    const LeaseKeeper& leases;
  };
  EffectRunner(Parts parts, const Settings& settings);

  // Blocks for the calls. An effect that changes the cloud is not begun unless it can end within
  // the lease; it then counts as not sent.
  activity::Event Run(const activity::Activity& activity, const activity::Slot& slot,
                      const activity::Effect& effect);

 private:
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::Launch& launch);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::LookUpMarker& look_up);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::ReadInstance& read);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::ListRegistrations& list);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::Register& call);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::Deregister& call);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::Terminate& call);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::ListAddresses& look);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::ReadAddress& read);
  activity::Event Do(const activity::Activity& activity, const activity::Slot& slot,
                     const activity::ReleaseAddress& call);

  std::string NameOf(const activity::Activity& activity, const activity::Slot& slot) const;

  const Parts parts_;
  const absl::Duration send_timeout_;
  const absl::TimeZone time_zone_;
};

}  // namespace accordion::control
