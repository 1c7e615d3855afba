#include "engine/cloud/slb_load_balancer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cloud/v1/answers.pb.h"
#include "engine/cloud/answer.h"
#include "engine/ports/compute_cloud.h"

namespace accordion::cloud {
namespace {

constexpr int kMaxPages = 1000;  // a list that never ends is a broken answer

}  // namespace

SlbLoadBalancer::SlbLoadBalancer(OpenApiClient& client, const base::Clock& clock)
    : client_(client), clock_(clock) {}

absl::StatusOr<std::string> SlbLoadBalancer::Register(const domain::AccountId& account,
                                                      const activity::Register& call) {
  base::sigv4::Parameters parameters = {
      {"ListenerId", call.listener_id.value()},    {"RealServerType", "host"},
      {"InstanceId", call.instance_id.value()},    {"RealServerIp", call.private_ip},
      {"RealServerPort", absl::StrCat(call.port)}, {"Weight", absl::StrCat(call.weight)}};
  if (!call.network_interface_id.empty()) {
    parameters.emplace_back("NetworkInterfaceId", call.network_interface_id);
  }
  // Not idempotent: it must not be repeated below us.
  const OpenApiReply reply = client_.Call(account, {.service = Service::kSlb,
                                                    .action = "RegisterInstancesWithListener",
                                                    .parameters = std::move(parameters),
                                                    .signed_at = clock_.Now(),
                                                    .may_repeat = false});
  RETURN_IF_ERROR(reply.ToStatus());
  ::cloud::v1::RegisterInstancesAnswer answer;
  RETURN_IF_ERROR(ParseAnswer(reply.body, answer));
  if (answer.register_id().empty()) {
    return ports::CloudError(activity::FailureClass::kTransient, "the answer has no RegisterId");
  }
  return answer.register_id();
}

absl::StatusOr<std::vector<ports::RealServer>> SlbLoadBalancer::List(
    const domain::AccountId& account, const domain::ListenerId& listener) {
  std::vector<ports::RealServer> servers;
  std::string token;
  for (int page = 0; page < kMaxPages; ++page) {
    base::sigv4::Parameters parameters = {{"Filter.1.Name", "listener-id"},
                                          {"Filter.1.Value.1", listener.value()}};
    if (!token.empty()) parameters.emplace_back("NextToken", token);
    ASSIGN_OR_RETURN(const std::string body,
                     client_.Read(account, Service::kSlb, "DescribeInstancesWithListener",
                                  std::move(parameters)));
    ::cloud::v1::DescribeInstancesWithListenerAnswer answer;
    RETURN_IF_ERROR(ParseAnswer(body, answer));
    for (const ::cloud::v1::RealServer& server : answer.real_servers()) {
      servers.push_back({.register_id = server.register_id(),
                         .listener_id = listener,
                         .instance_id = domain::InstanceId(server.instance_id()),
                         .port = server.real_server_port(),
                         .weight = server.weight(),
                         .healthy = server.real_server_state() == "healthy"});
    }
    token = answer.next_token();
    if (token.empty()) return servers;
  }
  return absl::DataLossError("the cloud's list does not end");
}

absl::Status SlbLoadBalancer::Deregister(const domain::AccountId& account,
                                         absl::string_view register_id) {
  const OpenApiReply reply =
      client_.Call(account, {.service = Service::kSlb,
                             .action = "DeregisterInstancesFromListener",
                             .parameters = {{"RegisterId", std::string(register_id)}},
                             .signed_at = clock_.Now(),
                             .may_repeat = true});
  if (reply.NotFound()) return absl::OkStatus();
  RETURN_IF_ERROR(reply.ToStatus());
  ::cloud::v1::DeregisterInstancesAnswer answer;
  RETURN_IF_ERROR(ParseAnswer(reply.body, answer));
  if (!answer.succeeded())
    return ports::CloudError(activity::FailureClass::kTransient, "Return is false");
  return absl::OkStatus();
}

}  // namespace accordion::cloud
