#include "engine/control/listener_health.h"

#include <set>
#include <string>

#include "base/log.h"
#include "base/status_macros.h"

namespace accordion::control {

using domain::ListenerWord;

ListenerHealth::ListenerHealth(ports::Store& store, ports::LoadBalancerCloud& load_balancers,
                               const AccountSnapshot& snapshot) {
  groups_known_ = ReadGroups(store, snapshot);
  std::set<domain::ListenerId> listeners;  // in order, so that a run is reproducible
  for (const domain::Member& member : snapshot.members) {
    const auto counting = counting_.find(member.group_id);
    if (counting == counting_.end() || member.life_cycle != domain::LifeCycle::kInService) continue;
    for (const domain::Registration& one : member.registrations) {
      if (counting->second.contains(one.listener_id)) listeners.insert(one.listener_id);
    }
  }
  for (const domain::ListenerId& listener : listeners)
    ReadListener(load_balancers, snapshot.account, listener);
}

bool ListenerHealth::ReadGroups(ports::Store& store, const AccountSnapshot& snapshot) {
  const absl::Status read = store.Read([&](ports::Tx& tx) -> absl::Status {
    counting_.clear();
    ports::Page page;
    int total = 0;
    do {
      ASSIGN_OR_RETURN(const ports::Listing<domain::ScalingGroup> groups,
                       tx.groups().List(snapshot.account, {}, page));
      for (const domain::ScalingGroup& group : groups.rows) {
        for (const domain::SlbConfig& slb : group.slb_configs) {
          if (slb.health_check == domain::HealthCheck::kSlb)
            counting_[group.id].insert(slb.listener_id);
        }
      }
      total = groups.total;
      page.offset += page.limit;
    } while (page.offset < total);
    return absl::OkStatus();
  });
  return read.ok();
}

void ListenerHealth::ReadListener(ports::LoadBalancerCloud& load_balancers,
                                  const domain::AccountId& account,
                                  const domain::ListenerId& listener) {
  const absl::StatusOr<std::vector<ports::RealServer>> servers =
      load_balancers.List(account, listener);
  if (!servers.ok()) {
    unread_.insert(listener);
    base::LogWarning("a listener could not be read; nothing is inferred",
                     {{"listener", listener.value()}, {"error", servers.status().ToString()}});
    return;
  }
  for (const ports::RealServer& server : *servers) healthy_[server.register_id] = server.healthy;
}

ListenerWord ListenerHealth::WordOf(const domain::Member& member) const {
  if (!groups_known_) return ListenerWord::kUnread;
  const auto counting = counting_.find(member.group_id);
  if (counting == counting_.end()) return ListenerWord::kNone;
  ListenerWord word = ListenerWord::kNone;
  for (const domain::Registration& one : member.registrations) {
    if (!counting->second.contains(one.listener_id)) continue;
    const auto healthy = healthy_.find(one.register_id);
    if (healthy != healthy_.end() && !healthy->second) return ListenerWord::kUnhealthy;
    // A list without the registration says nothing of it.
    if (healthy == healthy_.end() || unread_.contains(one.listener_id)) {
      word = ListenerWord::kUnread;
    } else if (word == ListenerWord::kNone) {
      word = ListenerWord::kHealthy;
    }
  }
  return word;
}

}  // namespace accordion::control
