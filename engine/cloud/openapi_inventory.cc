#include "engine/cloud/openapi_inventory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cloud/v1/answers.pb.h"
#include "engine/cloud/answer.h"

namespace accordion::cloud {
namespace {

constexpr size_t kIdsPerCall = 100;  // InstanceId.N of DescribeInstances (clients.md §4)
constexpr int kPageSize = 1000;      // so that they are one page

// The row of `rows` whose `id_of` is `id`, or kNotFound with the id as its message.
template <typename Rows, typename IdOf>
auto FindRow(const Rows& rows, absl::string_view id, IdOf id_of)
    -> absl::StatusOr<decltype(&*rows.begin())> {
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return id_of(one) == id; });
  if (row == rows.end()) return absl::NotFoundError(id);
  return &*row;
}

// Asks for one resource by id; the cloud may answer "not found" or an empty list.
template <typename Answer>
absl::StatusOr<Answer> Ask(OpenApiClient& client, const domain::AccountId& account, Service service,
                           absl::string_view action, base::sigv4::Parameters parameters,
                           absl::string_view id) {
  absl::StatusOr<std::string> body = client.Read(account, service, action, std::move(parameters));
  if (absl::IsNotFound(body.status())) return absl::NotFoundError(id);
  RETURN_IF_ERROR(body.status());
  Answer answer;
  RETURN_IF_ERROR(ParseAnswer(*body, answer));
  return answer;
}

ports::SubnetInfo ToInfo(const ::cloud::v1::Subnet& subnet) {
  ports::SubnetInfo info{.id = domain::SubnetId(subnet.subnet_id()),
                         .vpc_id = subnet.vpc_id(),
                         .zone = subnet.zone(),
                         .free_addresses = std::nullopt};
  if (subnet.has_available_ip_number()) info.free_addresses = subnet.available_ip_number();
  if (subnet.has_availble_ip_number()) info.free_addresses = subnet.availble_ip_number();
  return info;
}

ports::InstanceInfo ToInfo(const ::cloud::v1::Instance& instance) {
  ports::InstanceInfo info;
  info.id = domain::InstanceId(instance.instance_id());
  info.name = instance.instance_name();
  info.host_name = instance.host_name();
  info.subnet_id = domain::SubnetId(instance.subnet_id());
  info.zone = instance.availability_zone();
  info.instance_type = instance.instance_type();
  info.private_ip = instance.private_ip_address();
  info.project_id = instance.project_id();
  info.running = instance.instance_state().name() == "active";
  for (const ::cloud::v1::NetworkInterface& interface : instance.network_interfaces()) {
    const bool primary = interface.network_interface_type() == "primary";
    if (!primary && !info.network_interface_id.empty()) continue;
    info.network_interface_id = interface.network_interface_id();
    info.vpc_id = interface.vpc_id();
    if (info.subnet_id.value().empty()) info.subnet_id = domain::SubnetId(interface.subnet_id());
    if (info.private_ip.empty()) info.private_ip = interface.private_ip_address();
  }
  return info;
}

}  // namespace

OpenApiInventory::OpenApiInventory(OpenApiClient& client) : client_(client) {}

absl::StatusOr<std::vector<ports::SubnetInfo>> OpenApiInventory::Subnets(
    const domain::AccountId& account, const std::vector<domain::SubnetId>& ids) {
  std::vector<ports::SubnetInfo> infos;
  // One by one: an unknown id in a list may be refused without saying which (at most 10 a group,
  // and rarely asked).
  for (const domain::SubnetId& id : ids) {
    ASSIGN_OR_RETURN(const auto answer, Ask<::cloud::v1::DescribeSubnetsAnswer>(
                                            client_, account, Service::kVpc, "DescribeSubnets",
                                            {{"SubnetId.1", id.value()}}, id.value()));
    ASSIGN_OR_RETURN(const auto* row, FindRow(answer.subnets(), id.value(), [](const auto& subnet) {
                       return subnet.subnet_id();
                     }));
    infos.push_back(ToInfo(*row));
  }
  return infos;
}

absl::StatusOr<std::string> OpenApiInventory::SecurityGroupVpc(const domain::AccountId& account,
                                                               absl::string_view id) {
  ASSIGN_OR_RETURN(const auto answer, Ask<::cloud::v1::DescribeSecurityGroupsAnswer>(
                                          client_, account, Service::kVpc, "DescribeSecurityGroups",
                                          {{"SecurityGroupId.1", std::string(id)}}, id));
  ASSIGN_OR_RETURN(const auto* row, FindRow(answer.security_groups(), id, [](const auto& group) {
                     return group.security_group_id();
                   }));
  return row->vpc_id();
}

absl::StatusOr<ports::ListenerInfo> OpenApiInventory::Listener(const domain::AccountId& account,
                                                               const domain::ListenerId& id) {
  ASSIGN_OR_RETURN(const auto answer, Ask<::cloud::v1::DescribeListenersAnswer>(
                                          client_, account, Service::kSlb, "DescribeListeners",
                                          {{"ListenerId.1", id.value()}}, id.value()));
  ASSIGN_OR_RETURN(const auto* row,
                   FindRow(answer.listeners(), id.value(),
                           [](const auto& listener) { return listener.listener_id(); }));
  return ports::ListenerInfo{.id = id, .load_balancer_id = row->load_balancer_id()};
}

absl::Status OpenApiInventory::Image(const domain::AccountId& account, absl::string_view id) {
  ASSIGN_OR_RETURN(const auto answer, Ask<::cloud::v1::DescribeImagesAnswer>(
                                          client_, account, Service::kKec, "DescribeImages",
                                          {{"ImageId", std::string(id)}}, id));
  return FindRow(answer.images(), id, [](const auto& image) { return image.image_id(); }).status();
}

absl::StatusOr<ports::InstanceTypeInfo> OpenApiInventory::InstanceType(
    const domain::AccountId& account, absl::string_view name) {
  ASSIGN_OR_RETURN(
      const auto answer,
      Ask<::cloud::v1::DescribeInstanceTypeConfigsAnswer>(
          client_, account, Service::kKec, "DescribeInstanceTypeConfigs",
          {{"Filter.1.Name", "instance-type"}, {"Filter.1.Value.1", std::string(name)}}, name));
  ASSIGN_OR_RETURN(const auto* row, FindRow(answer.types(), name,
                                            [](const auto& type) { return type.instance_type(); }));
  ports::InstanceTypeInfo info{.name = row->instance_type(),
                               .cpu = row->cpu(),
                               .memory_gb = row->memory_gb(),
                               .gpu = row->gpu(),
                               .zones = {}};
  for (const ::cloud::v1::ZoneCode& zone : row->zones()) info.zones.push_back(zone.code());
  return info;
}

absl::StatusOr<std::vector<ports::InstanceInfo>> OpenApiInventory::Instances(
    const domain::AccountId& account, const std::vector<int64_t>& projects,
    const std::vector<domain::InstanceId>& ids) {
  std::vector<ports::InstanceInfo> infos;
  for (size_t first = 0; first < ids.size(); first += kIdsPerCall) {
    const size_t end = std::min(first + kIdsPerCall, ids.size());
    base::sigv4::Parameters parameters = {{"MaxResults", absl::StrCat(kPageSize)}};
    for (size_t i = first; i < end; ++i)
      parameters.emplace_back(absl::StrCat("InstanceId.", i - first + 1), ids[i].value());
    for (size_t i = 0; i < projects.size(); ++i)
      parameters.emplace_back(absl::StrCat("ProjectId.", i + 1), absl::StrCat(projects[i]));
    ASSIGN_OR_RETURN(const auto answer, Ask<::cloud::v1::DescribeInstancesAnswer>(
                                            client_, account, Service::kKec, "DescribeInstances",
                                            std::move(parameters), ids[first].value()));
    if (!answer.has_instance_count()) return absl::DataLossError("the cloud's list has no total");
    for (size_t i = first; i < end; ++i) {
      ASSIGN_OR_RETURN(const auto* row,
                       FindRow(answer.instances(), ids[i].value(),
                               [](const auto& instance) { return instance.instance_id(); }));
      infos.push_back(ToInfo(*row));
    }
  }
  return infos;
}

}  // namespace accordion::cloud
