// The region's load balancers: listeners, real servers and what the health check says of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/cloudsim/region/instance.h"
#include "tests/cloudsim/region/region_spec.h"

namespace accordion::cloudsim {

// One instance on one port behind one listener.
struct RealServer {
  std::string register_id;
  std::string listener_id;
  std::string instance_id;
  std::string ip;
  int port = 0;
  int weight = 1;
  absl::Time registered_at;
};

struct Listener {
  ListenerSpec spec;
  std::string load_balancer_id;
  std::string vpc_id;
  std::string account_id;
  std::vector<RealServer> real_servers;  // in order of registration
};

struct LoadBalancer {
  LoadBalancerSpec spec;
  std::string account_id;
};

// Registration isn't idempotent: the same instance and port twice makes two real servers, as in the
// real cloud (clients.md §4). A real server stays when its instance dies, unhealthy, until somebody
// deregisters it. Not thread-safe.
class LoadBalancers {
 public:
  absl::Status Add(LoadBalancerSpec spec, absl::string_view account_id);

  // Null when unknown.
  const LoadBalancer* FindLoadBalancer(absl::string_view id) const;
  const Listener* FindListener(absl::string_view id) const;
  const RealServer* FindRealServer(absl::string_view register_id) const;
  // In the order of `Add`, of all accounts.
  std::vector<const LoadBalancer*> ListLoadBalancers() const;
  std::vector<const Listener*> ListListeners() const;

  // The listener is known.
  const RealServer& Register(RealServer real_server);
  // False when there is no such real server (any more).
  bool Deregister(absl::string_view register_id);

  // Does the health check pass? `instance` is the real server's, null when it is gone.
  static bool IsHealthy(const RealServer& real_server, const Instance* instance, absl::Time now,
                        absl::Duration check_interval);

 private:
  std::vector<std::string> load_balancer_order_;
  std::vector<std::string> listener_order_;
  std::map<std::string, LoadBalancer> load_balancers_;
  std::map<std::string, Listener> listeners_;
  std::map<std::string, std::string> listener_of_register_id_;
};

}  // namespace accordion::cloudsim
