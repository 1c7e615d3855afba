#include "tests/cloudsim/region/load_balancers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace accordion::cloudsim {

absl::Status LoadBalancers::Add(LoadBalancerSpec spec, absl::string_view account_id) {
  if (load_balancers_.count(spec.id) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("two load balancers have the id ", spec.id));
  }
  for (const ListenerSpec& listener : spec.listeners) {
    const bool is_new = listeners_
                            .emplace(listener.id, Listener{.spec = listener,
                                                           .load_balancer_id = spec.id,
                                                           .vpc_id = spec.vpc_id,
                                                           .account_id = std::string(account_id),
                                                           .real_servers = {}})
                            .second;
    if (!is_new) {
      return absl::InvalidArgumentError(absl::StrCat("two listeners have the id ", listener.id));
    }
    listener_order_.push_back(listener.id);
  }
  load_balancer_order_.push_back(spec.id);
  const std::string id = spec.id;
  load_balancers_.emplace(
      id, LoadBalancer{.spec = std::move(spec), .account_id = std::string(account_id)});
  return absl::OkStatus();
}

const LoadBalancer* LoadBalancers::FindLoadBalancer(absl::string_view id) const {
  const auto it = load_balancers_.find(std::string(id));
  return it == load_balancers_.end() ? nullptr : &it->second;
}

const Listener* LoadBalancers::FindListener(absl::string_view id) const {
  const auto it = listeners_.find(std::string(id));
  return it == listeners_.end() ? nullptr : &it->second;
}

const RealServer* LoadBalancers::FindRealServer(absl::string_view register_id) const {
  const auto it = listener_of_register_id_.find(std::string(register_id));
  if (it == listener_of_register_id_.end()) return nullptr;
  for (const RealServer& server : listeners_.at(it->second).real_servers) {
    if (server.register_id == register_id) return &server;
  }
  return nullptr;
}

std::vector<const LoadBalancer*> LoadBalancers::ListLoadBalancers() const {
  std::vector<const LoadBalancer*> list;
  for (const std::string& id : load_balancer_order_) list.push_back(&load_balancers_.at(id));
  return list;
}

std::vector<const Listener*> LoadBalancers::ListListeners() const {
  std::vector<const Listener*> list;
  for (const std::string& id : listener_order_) list.push_back(&listeners_.at(id));
  return list;
}

const RealServer& LoadBalancers::Register(RealServer real_server) {
  listener_of_register_id_[real_server.register_id] = real_server.listener_id;
  std::vector<RealServer>& servers = listeners_.at(real_server.listener_id).real_servers;
  servers.push_back(std::move(real_server));
  return servers.back();
}

bool LoadBalancers::Deregister(absl::string_view register_id) {
  const auto it = listener_of_register_id_.find(std::string(register_id));
  if (it == listener_of_register_id_.end()) return false;
  std::vector<RealServer>& servers = listeners_.at(it->second).real_servers;
  servers.erase(std::remove_if(servers.begin(), servers.end(),
                               [&](const RealServer& s) { return s.register_id == register_id; }),
                servers.end());
  listener_of_register_id_.erase(it);
  return true;
}

bool LoadBalancers::IsHealthy(const RealServer& real_server, const Instance* instance,
                              absl::Time now, absl::Duration check_interval) {
  if (instance == nullptr || instance->state != InstanceState::kActive) return false;
  return now >= std::max(real_server.registered_at, instance->active_since) + check_interval;
}

}  // namespace accordion::cloudsim
