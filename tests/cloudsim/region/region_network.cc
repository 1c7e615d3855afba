// SLB: real servers and their health; and what the load does to instances and listeners.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/cloudsim/region/cloud_error.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {

std::vector<const LoadBalancer*> Region::ListLoadBalancers(absl::string_view account_id) const {
  std::vector<const LoadBalancer*> list;
  for (const LoadBalancer* balancer : load_balancers_.ListLoadBalancers()) {
    if (balancer->account_id == account_id) list.push_back(balancer);
  }
  return list;
}

std::vector<const Listener*> Region::ListListeners(absl::string_view account_id) const {
  std::vector<const Listener*> list;
  for (const Listener* listener : load_balancers_.ListListeners()) {
    if (listener->account_id == account_id) list.push_back(listener);
  }
  return list;
}

RealServerView Region::ViewOf(const RealServer& server, absl::Time now) const {
  return {.server = server,
          .healthy = LoadBalancers::IsHealthy(server, fleet_.Find(server.instance_id), now,
                                              spec_.health_check_interval)};
}

std::vector<RealServerView> Region::RealServersOf(const Listener& listener, absl::Time now) {
  Advance(now);
  std::vector<RealServerView> list;
  for (const RealServer& server : listener.real_servers) list.push_back(ViewOf(server, now));
  return list;
}

absl::StatusOr<RealServerView> Region::Register(absl::string_view account_id,
                                                const RegisterRequest& request, absl::Time now) {
  const Listener* listener = load_balancers_.FindListener(request.listener_id);
  if (listener == nullptr || listener->account_id != account_id) {
    return NotFoundError("Listener", request.listener_id);
  }
  const Instance* instance = FindOwn(account_id, request.instance_id);
  if (instance == nullptr) return NotFoundError("Instance", request.instance_id);
  if (instance->state != InstanceState::kActive) {
    return CloudError(409, "InstanceNotActive",
                      absl::StrCat("The instance '", request.instance_id, "' is ",
                                   InstanceStateName(instance->state)));
  }
  if (instance->vpc_id != listener->vpc_id) {
    return InvalidParameterError("InstanceId", "not of the load balancer's VPC");
  }
  if (request.ip != instance->private_ip) {
    return InvalidParameterError("RealServerIp", "not the instance's address");
  }
  if (request.port < 1 || request.port > 65535) {
    return InvalidParameterError("RealServerPort", "not within 1..65535");
  }
  if (request.weight < 0 || request.weight > 100) {
    return InvalidParameterError("Weight", "not within 0..100");
  }
  return ViewOf(load_balancers_.Register({.register_id = ids_.NewUuid(),
                                          .listener_id = request.listener_id,
                                          .instance_id = request.instance_id,
                                          .ip = request.ip,
                                          .port = request.port,
                                          .weight = request.weight,
                                          .registered_at = now}),
                now);
}

absl::StatusOr<RealServerView> Region::RegisterInstance(const Call& call,
                                                        const RegisterRequest& request,
                                                        absl::Time now) {
  Advance(now);
  absl::StatusOr<RealServerView> view = Register(call.account_id, request, now);
  if (!view.ok()) {
    call_log_.Refuse(call, now, view.status());
    return view;
  }
  CallEffect effect = EffectOf(*fleet_.Find(request.instance_id));
  effect.listener_id = request.listener_id;
  effect.register_id = view->server.register_id;
  effect.port = request.port;
  call_log_.Execute(call, now, {std::move(effect)});
  return view;
}

absl::Status Region::DeregisterInstance(const Call& call, absl::string_view register_id,
                                        absl::Time now) {
  Advance(now);
  const RealServer* server = load_balancers_.FindRealServer(register_id);
  if (server == nullptr ||
      load_balancers_.FindListener(server->listener_id)->account_id != call.account_id) {
    absl::Status status = NotFoundError("RegisterId", register_id);
    call_log_.Refuse(call, now, status);
    return status;
  }
  const Instance* instance = fleet_.Find(server->instance_id);
  CallEffect effect = instance != nullptr
                          ? EffectOf(*instance)
                          : CallEffect{.instance_id = server->instance_id, .tags = {}};
  effect.listener_id = server->listener_id;
  effect.register_id = server->register_id;
  effect.port = server->port;
  load_balancers_.Deregister(effect.register_id);
  call_log_.Execute(call, now, {std::move(effect)});
  return absl::OkStatus();
}

int Region::HealthyWeight(const Listener& listener, absl::Time now) const {
  int weight = 0;
  for (const RealServer& server : listener.real_servers) {
    if (ViewOf(server, now).healthy) weight += server.weight;
  }
  return weight;
}

std::map<std::string, double> Region::RpsByInstance(absl::Time now) {
  Advance(now);
  std::map<std::string, double> rps;
  for (const Listener* listener : load_balancers_.ListListeners()) {
    const int total_weight = HealthyWeight(*listener, now);
    const double offered = load_.OfferedRps(listener->spec.id, now);
    for (const RealServer& server : listener->real_servers) {
      if (!ViewOf(server, now).healthy) continue;
      rps[server.instance_id] += ShareOf(offered, server.weight, total_weight);
    }
  }
  return rps;
}

void Region::MeasureListener(const Listener& listener, absl::Time now,
                             std::vector<MetricSample>& out) {
  const double offered = load_.OfferedRps(listener.spec.id, now);
  const int total_weight = HealthyWeight(listener, now);
  double answered = 0;
  for (const RealServer& server : listener.real_servers) {
    if (!ViewOf(server, now).healthy) continue;
    const double capacity = FindType(fleet_.Find(server.instance_id)->type)->capacity_rps;
    answered += std::min(ShareOf(offered, server.weight, total_weight), capacity);
  }
  out.push_back(
      {"listener_outtraffic", "listener_id", listener.spec.id, answered * kResponseBytes});
  out.push_back({"listener_intraffic", "listener_id", listener.spec.id, offered * kRequestBytes});
}

InstanceUsage Region::UsageOf(const Instance& instance, double rps) const {
  return UsageAt(rps, FindType(instance.type)->capacity_rps);
}

std::vector<MetricSample> Region::Measure(absl::string_view account_id, absl::Time now) {
  const std::map<std::string, double> rps = RpsByInstance(now);
  std::vector<MetricSample> samples;
  for (const Instance* instance : fleet_.List()) {
    if (instance->account_id != account_id || instance->state != InstanceState::kActive) continue;
    const auto it = rps.find(instance->id);
    const InstanceUsage usage =
        load_.Measure(it == rps.end() ? 0 : it->second, FindType(instance->type)->capacity_rps);
    const auto add = [&](absl::string_view metric, double value) {
      samples.push_back({std::string(metric), "instance_id", instance->id, value});
    };
    add("cpu_usage", usage.cpu_percent);
    add("mem_usage", usage.mem_percent);
    add("net_outtraffic", usage.net_out_bytes_per_second);
    add("net_intraffic", usage.net_in_bytes_per_second);
  }
  for (const Listener* listener : ListListeners(account_id)) {
    MeasureListener(*listener, now, samples);
  }
  return samples;
}

}  // namespace accordion::cloudsim
