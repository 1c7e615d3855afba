#include "tests/cloudsim/region_config.h"

#include "base/status_macros.h"
#include "tests/cloudsim/member_reader.h"
#include "tests/cloudsim/region/default_region.h"

namespace accordion::cloudsim {
namespace {

absl::StatusOr<std::string> ReadText(const Json& json) {
  if (std::optional<std::string> text = json.AsString()) return *std::move(text);
  return absl::InvalidArgumentError("an item must be text");
}

absl::StatusOr<int64_t> ReadInt(const Json& json) {
  if (const std::optional<int64_t> number = json.AsInt()) return *number;
  return absl::InvalidArgumentError("an item must be a whole number");
}

absl::StatusOr<AccountSpec> ReadAccount(const Json& json) {
  AccountSpec account;
  RETURN_IF_ERROR(MemberReader(json, "accounts")
                      .Text("id", account.id)
                      .Text("access_key", account.access_key)
                      .Text("secret_key", account.secret_key)
                      .List("projects", account.projects, ReadInt)
                      .Int("instance_quota", account.instance_quota)
                      .Finish());
  return account;
}

absl::StatusOr<VpcSpec> ReadVpc(const Json& json) {
  VpcSpec vpc;
  RETURN_IF_ERROR(
      MemberReader(json, "vpcs").Text("id", vpc.id).Text("account_id", vpc.account_id).Finish());
  return vpc;
}

absl::StatusOr<SubnetSpec> ReadSubnet(const Json& json) {
  SubnetSpec subnet;
  RETURN_IF_ERROR(MemberReader(json, "subnets")
                      .Text("id", subnet.id)
                      .Text("name", subnet.name)
                      .Text("vpc_id", subnet.vpc_id)
                      .Text("zone", subnet.zone)
                      .Text("cidr", subnet.cidr)
                      .Finish());
  return subnet;
}

absl::StatusOr<SecurityGroupSpec> ReadSecurityGroup(const Json& json) {
  SecurityGroupSpec group;
  RETURN_IF_ERROR(MemberReader(json, "security_groups")
                      .Text("id", group.id)
                      .Text("name", group.name)
                      .Text("vpc_id", group.vpc_id)
                      .Finish());
  return group;
}

absl::StatusOr<ImageSpec> ReadImage(const Json& json) {
  ImageSpec image;
  RETURN_IF_ERROR(
      MemberReader(json, "images").Text("id", image.id).Text("name", image.name).Finish());
  return image;
}

absl::StatusOr<InstanceTypeSpec> ReadInstanceType(const Json& json) {
  InstanceTypeSpec type;
  RETURN_IF_ERROR(MemberReader(json, "instance_types")
                      .Text("name", type.name)
                      .Int("cpu", type.cpu)
                      .Int("memory_gb", type.memory_gb)
                      .Number("capacity_rps", type.capacity_rps)
                      .Counts("stock", type.stock)
                      .Finish());
  return type;
}

absl::StatusOr<ListenerSpec> ReadListener(const Json& json) {
  ListenerSpec listener;
  RETURN_IF_ERROR(MemberReader(json, "listeners")
                      .Text("id", listener.id)
                      .Text("name", listener.name)
                      .Text("protocol", listener.protocol)
                      .Int("port", listener.port)
                      .Finish());
  return listener;
}

absl::StatusOr<LoadBalancerSpec> ReadLoadBalancer(const Json& json) {
  LoadBalancerSpec balancer;
  RETURN_IF_ERROR(MemberReader(json, "load_balancers")
                      .Text("id", balancer.id)
                      .Text("name", balancer.name)
                      .Text("vpc_id", balancer.vpc_id)
                      .List("listeners", balancer.listeners, ReadListener)
                      .Finish());
  return balancer;
}

template <typename T, typename ShowItem>
Json ShowList(const std::vector<T>& list, ShowItem show) {
  Json array = Json::Array();
  for (const T& item : list) array.Push(show(item));
  return array;
}

Json ShowAccount(const AccountSpec& account) {
  return Json::Object(
      {{"id", account.id},
       {"access_key", account.access_key},
       {"secret_key", account.secret_key},
       {"projects", ShowList(account.projects, [](int64_t id) { return Json(id); })},
       {"instance_quota", account.instance_quota}});
}

Json ShowInstanceType(const InstanceTypeSpec& type) {
  Json stock = Json::Object();
  for (const auto& [zone, count] : type.stock) stock.Set(zone, count);
  return Json::Object({{"name", type.name},
                       {"cpu", type.cpu},
                       {"memory_gb", type.memory_gb},
                       {"capacity_rps", type.capacity_rps},
                       {"stock", std::move(stock)}});
}

Json ShowLoadBalancer(const LoadBalancerSpec& balancer) {
  const auto show_listener = [](const ListenerSpec& listener) {
    return Json::Object({{"id", listener.id},
                         {"name", listener.name},
                         {"protocol", listener.protocol},
                         {"port", listener.port}});
  };
  return Json::Object({{"id", balancer.id},
                       {"name", balancer.name},
                       {"vpc_id", balancer.vpc_id},
                       {"listeners", ShowList(balancer.listeners, show_listener)}});
}

}  // namespace

absl::StatusOr<RegionSpec> ReadRegionSpec(absl::string_view json_text) {
  ASSIGN_OR_RETURN(const Json json, ParseJson(json_text));
  RegionSpec spec = DefaultRegion();
  RETURN_IF_ERROR(MemberReader(json, "region")
                      .Text("name", spec.name)
                      .List("zones", spec.zones, ReadText)
                      .List("accounts", spec.accounts, ReadAccount)
                      .List("vpcs", spec.vpcs, ReadVpc)
                      .List("subnets", spec.subnets, ReadSubnet)
                      .List("security_groups", spec.security_groups, ReadSecurityGroup)
                      .List("images", spec.images, ReadImage)
                      .List("instance_types", spec.instance_types, ReadInstanceType)
                      .List("load_balancers", spec.load_balancers, ReadLoadBalancer)
                      .Milliseconds("boot_ms_min", spec.boot_min)
                      .Milliseconds("boot_ms_max", spec.boot_max)
                      .Milliseconds("terminate_ms", spec.terminate_time)
                      .Milliseconds("health_check_interval_ms", spec.health_check_interval)
                      .Milliseconds("describe_lag_ms", spec.describe_lag)
                      .Finish());
  return spec;
}

Json ShowRegionSpec(const RegionSpec& spec) {
  return Json::Object(
      {{"name", spec.name},
       {"zones", ShowList(spec.zones, [](const std::string& zone) { return Json(zone); })},
       {"accounts", ShowList(spec.accounts, ShowAccount)},
       {"vpcs", ShowList(spec.vpcs,
                         [](const VpcSpec& vpc) {
                           return Json::Object({{"id", vpc.id}, {"account_id", vpc.account_id}});
                         })},
       {"subnets", ShowList(spec.subnets,
                            [](const SubnetSpec& subnet) {
                              return Json::Object({{"id", subnet.id},
                                                   {"name", subnet.name},
                                                   {"vpc_id", subnet.vpc_id},
                                                   {"zone", subnet.zone},
                                                   {"cidr", subnet.cidr}});
                            })},
       {"security_groups", ShowList(spec.security_groups,
                                    [](const SecurityGroupSpec& group) {
                                      return Json::Object({{"id", group.id},
                                                           {"name", group.name},
                                                           {"vpc_id", group.vpc_id}});
                                    })},
       {"images", ShowList(spec.images,
                           [](const ImageSpec& image) {
                             return Json::Object({{"id", image.id}, {"name", image.name}});
                           })},
       {"instance_types", ShowList(spec.instance_types, ShowInstanceType)},
       {"load_balancers", ShowList(spec.load_balancers, ShowLoadBalancer)},
       {"boot_ms_min", absl::ToInt64Milliseconds(spec.boot_min)},
       {"boot_ms_max", absl::ToInt64Milliseconds(spec.boot_max)},
       {"terminate_ms", absl::ToInt64Milliseconds(spec.terminate_time)},
       {"health_check_interval_ms", absl::ToInt64Milliseconds(spec.health_check_interval)},
       {"describe_lag_ms", absl::ToInt64Milliseconds(spec.describe_lag)}});
}

}  // namespace accordion::cloudsim
