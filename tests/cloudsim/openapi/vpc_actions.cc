// Service vpc: subnets and security groups.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/cloudsim/openapi/actions.h"

namespace accordion::cloudsim {
namespace {

absl::StatusOr<Json> DescribeSubnets(Region& region, const ApiRequest& request, absl::Time now) {
  region.Advance(now);
  const std::vector<std::string> ids = request.parameters.List("SubnetId");
  ASSIGN_OR_RETURN(const std::vector<Filter> filters, request.parameters.Filters());
  ASSIGN_OR_RETURN(const Page page, ReadPage(request.parameters));
  std::vector<Json> rows;
  for (const Subnet* subnet : region.subnets().List(request.call.account_id)) {
    const SubnetSpec& spec = subnet->spec;
    ASSIGN_OR_RETURN(const bool passes,
                     PassesFilters(filters, {{"vpc-id", spec.vpc_id},
                                             {"subnet-type", "Normal"},
                                             {"availability-zone-name", spec.zone}}));
    if (!passes || !IsWanted(ids, spec.id)) continue;
    // Numbers as text, once in the right and once in the wrong spelling, as the cloud does
    // (clients.md §4).
    const std::string available = absl::StrCat(subnet->available());
    rows.push_back(Json::Object({{"SubnetId", spec.id},
                                 {"SubnetName", spec.name},
                                 {"VpcId", spec.vpc_id},
                                 {"CidrBlock", spec.cidr},
                                 {"SubnetType", "Normal"},
                                 {"AvailabilityZoneName", spec.zone},
                                 {"AvailableIpNumber", available},
                                 {"AvailbleIPNumber", available}}));
  }
  Json answer = Json::Object();
  WritePage(page, std::move(rows), "SubnetSet", answer);
  return answer;
}

absl::StatusOr<Json> DescribeSecurityGroups(Region& region, const ApiRequest& request,
                                            absl::Time /*now*/) {
  const std::vector<std::string> ids = request.parameters.List("SecurityGroupId");
  ASSIGN_OR_RETURN(const std::vector<Filter> filters, request.parameters.Filters());
  ASSIGN_OR_RETURN(const Page page, ReadPage(request.parameters));
  std::vector<Json> rows;
  for (const SecurityGroupSpec* group : region.SecurityGroups(request.call.account_id)) {
    ASSIGN_OR_RETURN(const bool passes, PassesFilters(filters, {{"vpc-id", group->vpc_id}}));
    if (!passes || !IsWanted(ids, group->id)) continue;
    rows.push_back(Json::Object({{"SecurityGroupId", group->id},
                                 {"SecurityGroupName", group->name},
                                 {"VpcId", group->vpc_id}}));
  }
  Json answer = Json::Object();
  WritePage(page, std::move(rows), "SecurityGroupSet", answer);
  return answer;
}

constexpr Action kActions[] = {
    {"DescribeSubnets", false, DescribeSubnets},
    {"DescribeSecurityGroups", false, DescribeSecurityGroups},
};

}  // namespace

absl::Span<const Action> VpcActions() { return kActions; }

}  // namespace accordion::cloudsim
