// What the listeners say of one account's members, where their group asks for it
// (HealthCheckType=slb).
#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "engine/control/account_snapshot.h"
#include "engine/domain/health.h"
#include "engine/domain/member.h"
#include "engine/ports/load_balancer_cloud.h"
#include "engine/ports/store.h"

namespace accordion::control {

// Reads each listener that counts once, whatever the number of its members. Not thread-safe.
class ListenerHealth {
 public:
  // Blocks for the lists.
  ListenerHealth(ports::Store& store, ports::LoadBalancerCloud& load_balancers,
                 const AccountSnapshot& snapshot);

  // Judged by the member's own registrations only: others of its instance are none of ours.
  domain::ListenerWord WordOf(const domain::Member& member) const;

 private:
  // By group, the listeners whose check counts. False: they could not be read.
  bool ReadGroups(ports::Store& store, const AccountSnapshot& snapshot);
  void ReadListener(ports::LoadBalancerCloud& load_balancers, const domain::AccountId& account,
                    const domain::ListenerId& listener);

  bool groups_known_ = false;
  absl::flat_hash_map<domain::GroupId, absl::flat_hash_set<domain::ListenerId>> counting_;
  absl::flat_hash_set<domain::ListenerId> unread_;
  absl::flat_hash_map<std::string, bool> healthy_;  // by register id
};

}  // namespace accordion::control
