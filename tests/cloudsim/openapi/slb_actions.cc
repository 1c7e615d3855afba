// Service slb: load balancers, listeners, real servers.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/cloudsim/openapi/actions.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {
namespace {

Json Show(const RealServerView& view) {
  return Json::Object({{"RegisterId", view.server.register_id},
                       {"ListenerId", view.server.listener_id},
                       {"RealServerType", "host"},
                       {"RealServerState", view.healthy ? "healthy" : "unhealthy"},
                       {"RealServerIp", view.server.ip},
                       {"RealServerPort", view.server.port},
                       {"InstanceId", view.server.instance_id},
                       {"Weight", view.server.weight}});
}

absl::StatusOr<Json> DescribeLoadBalancers(Region& region, const ApiRequest& request,
                                           absl::Time /*now*/) {
  const std::vector<std::string> ids = request.parameters.List("LoadBalancerId");
  ASSIGN_OR_RETURN(const std::vector<Filter> filters, request.parameters.Filters());
  ASSIGN_OR_RETURN(const Page page, ReadPage(request.parameters));
  std::vector<Json> rows;
  for (const LoadBalancer* balancer : region.ListLoadBalancers(request.call.account_id)) {
    ASSIGN_OR_RETURN(const bool passes,
                     PassesFilters(filters, {{"vpc-id", balancer->spec.vpc_id}}));
    if (!passes || !IsWanted(ids, balancer->spec.id)) continue;
    rows.push_back(
        Json::Object({{"LoadBalancerId", balancer->spec.id},
                      {"LoadBalancerName", balancer->spec.name},
                      {"VpcId", balancer->spec.vpc_id},
                      {"Type", "public"},
                      {"State", "associate"},
                      {"LoadBalancerState", "start"},
                      {"ListenersCount", static_cast<int64_t>(balancer->spec.listeners.size())}}));
  }
  Json answer = Json::Object();
  WritePage(page, std::move(rows), "LoadBalancerDescriptions", answer);
  return answer;
}

absl::StatusOr<Json> DescribeListeners(Region& region, const ApiRequest& request, absl::Time now) {
  const std::vector<std::string> ids = request.parameters.List("ListenerId");
  ASSIGN_OR_RETURN(const std::vector<Filter> filters, request.parameters.Filters());
  ASSIGN_OR_RETURN(const Page page, ReadPage(request.parameters));
  std::vector<Json> rows;
  for (const Listener* listener : region.ListListeners(request.call.account_id)) {
    ASSIGN_OR_RETURN(const bool passes,
                     PassesFilters(filters, {{"load-balancer-id", listener->load_balancer_id},
                                             {"listener-id", listener->spec.id}}));
    if (!passes || !IsWanted(ids, listener->spec.id)) continue;
    Json servers = Json::Array();
    for (const RealServerView& view : region.RealServersOf(*listener, now)) {
      servers.Push(Show(view));
    }
    rows.push_back(Json::Object({{"LoadBalancerId", listener->load_balancer_id},
                                 {"ListenerId", listener->spec.id},
                                 {"ListenerName", listener->spec.name},
                                 {"ListenerState", "start"},
                                 {"ListenerProtocol", listener->spec.protocol},
                                 {"ListenerPort", listener->spec.port},
                                 {"Method", "RoundRobin"},
                                 {"RealServer", std::move(servers)}}));
  }
  Json answer = Json::Object();
  WritePage(page, std::move(rows), "ListenerSet", answer);
  return answer;
}

absl::StatusOr<Json> DescribeInstancesWithListener(Region& region, const ApiRequest& request,
                                                   absl::Time now) {
  const std::vector<std::string> ids = request.parameters.List("RegisterId");
  ASSIGN_OR_RETURN(const std::vector<Filter> filters, request.parameters.Filters());
  ASSIGN_OR_RETURN(const Page page, ReadPage(request.parameters));
  std::vector<Json> rows;
  for (const Listener* listener : region.ListListeners(request.call.account_id)) {
    for (const RealServerView& view : region.RealServersOf(*listener, now)) {
      ASSIGN_OR_RETURN(const bool passes,
                       PassesFilters(filters, {{"listener-id", view.server.listener_id},
                                               {"load-balancer-id", listener->load_balancer_id},
                                               {"real-server-ip", view.server.ip},
                                               {"instance-id", view.server.instance_id}}));
      if (passes && IsWanted(ids, view.server.register_id)) rows.push_back(Show(view));
    }
  }
  Json answer = Json::Object();
  WritePage(page, std::move(rows), "RealServerSet", answer);
  return answer;
}

absl::StatusOr<RegisterRequest> ReadRegistration(const Parameters& p) {
  RegisterRequest request;
  ASSIGN_OR_RETURN(request.listener_id, p.Required("ListenerId"));
  ASSIGN_OR_RETURN(const std::string type, p.Required("RealServerType"));
  if (type != "host") return InvalidParameterError("RealServerType", "only host is supported");
  ASSIGN_OR_RETURN(request.instance_id, p.Required("InstanceId"));
  ASSIGN_OR_RETURN(request.ip, p.Required("RealServerIp"));
  ASSIGN_OR_RETURN(const int64_t port, p.RequiredInt("RealServerPort"));
  ASSIGN_OR_RETURN(const int64_t weight, p.Int("Weight", 1));
  if (port < 1 || port > 65535) return InvalidParameterError("RealServerPort", "not 1..65535");
  if (weight < 0 || weight > 100) return InvalidParameterError("Weight", "not 0..100");
  request.port = static_cast<int>(port);
  request.weight = static_cast<int>(weight);
  return request;
}

absl::StatusOr<Json> RegisterInstancesWithListener(Region& region, const ApiRequest& request,
                                                   absl::Time now) {
  const absl::StatusOr<RegisterRequest> registration = ReadRegistration(request.parameters);
  if (!registration.ok()) {
    region.call_log().Refuse(request.call, now, registration.status());
    return registration.status();
  }
  ASSIGN_OR_RETURN(const RealServerView view,
                   region.RegisterInstance(request.call, *registration, now));
  return Show(view);
}

absl::StatusOr<Json> DeregisterInstancesFromListener(Region& region, const ApiRequest& request,
                                                     absl::Time now) {
  const absl::StatusOr<std::string> register_id = request.parameters.Required("RegisterId");
  if (!register_id.ok()) {
    region.call_log().Refuse(request.call, now, register_id.status());
    return register_id.status();
  }
  RETURN_IF_ERROR(region.DeregisterInstance(request.call, *register_id, now));
  return Json::Object({{"Return", true}});
}

constexpr Action kActions[] = {
    {"DescribeLoadBalancers", false, DescribeLoadBalancers},
    {"DescribeListeners", false, DescribeListeners},
    {"DescribeInstancesWithListener", false, DescribeInstancesWithListener},
    {"RegisterInstancesWithListener", true, RegisterInstancesWithListener},
    {"DeregisterInstancesFromListener", true, DeregisterInstancesFromListener},
};

}  // namespace

absl::Span<const Action> SlbActions() { return kActions; }

}  // namespace accordion::cloudsim
