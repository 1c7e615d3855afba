// Service kec: instances, images, types.
#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/cloudsim/openapi/actions.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {
namespace {

Json Show(const Region& region, const Instance& instance) {
  Json groups = Json::Array();
  for (const std::string& id : instance.security_group_ids) {
    groups.Push(Json::Object({{"SecurityGroupId", id}}));
  }
  Json network_interface = Json::Object({{"NetworkInterfaceId", instance.network_interface_id},
                                         {"NetworkInterfaceType", "primary"},
                                         {"VpcId", instance.vpc_id},
                                         {"SubnetId", instance.subnet_id},
                                         {"PrivateIpAddress", instance.private_ip},
                                         {"SecurityGroupSet", std::move(groups)}});
  if (const Address* address = region.addresses().OfInstance(instance.id)) {
    network_interface.Set("PublicIp", address->public_ip);
  }
  Json disks = Json::Array();
  for (const DataDisk& disk : instance.data_disks) {
    disks.Push(Json::Object({{"DiskId", disk.id},
                             {"DiskType", disk.type},
                             {"DiskSize", disk.size_gb},
                             {"DeleteWithInstance", disk.delete_with_instance}}));
  }
  Json tags = Json::Array();
  for (const Tag& tag : instance.tags) {
    tags.Push(Json::Object({{"Key", tag.key}, {"Value", tag.value}}));
  }
  return Json::Object(
      {{"InstanceId", instance.id},
       {"InstanceName", instance.name},
       {"HostName", instance.host_name},
       {"InstanceType", instance.type},
       {"ImageId", instance.image_id},
       {"SubnetId", instance.subnet_id},
       {"PrivateIpAddress", instance.private_ip},
       {"InstanceState", Json::Object({{"Name", InstanceStateName(instance.state)}})},
       {"NetworkInterfaceSet", Json::Array({std::move(network_interface)})},
       {"DataDisks", std::move(disks)},
       {"TagSet", std::move(tags)},
       {"CreationDate",
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", instance.created_at, absl::UTCTimeZone())},
       {"AvailabilityZone", instance.zone},
       {"ProjectId", instance.project_id},
       {"ChargeType", instance.charge_type}});
}

const std::set<std::string>& KnownChargeTypes() {
  static const auto* const kTypes =
      new std::set<std::string>{"Monthly", "Daily", "HourlyInstantSettlement", "Spot"};
  return *kTypes;
}

// The three address parameters come together or not at all; a shared bandwidth replaces them.
absl::StatusOr<std::optional<AddressTerms>> ReadEip(const Parameters& parameters) {
  AddressTerms terms;
  terms.band_width_share_id = parameters.Find("BandWidthShareId").value_or("");
  const bool bandwidth = parameters.Find("AddressBandWidth").has_value();
  terms.line_id = parameters.Find("LineId").value_or("");
  terms.charge_type = parameters.Find("AddressChargeType").value_or("");
  if (bandwidth || !terms.line_id.empty() || !terms.charge_type.empty()) {
    if (!bandwidth) return MissingParameterError("AddressBandWidth");
    if (terms.line_id.empty()) return MissingParameterError("LineId");
    if (terms.charge_type.empty()) return MissingParameterError("AddressChargeType");
    ASSIGN_OR_RETURN(const int64_t width, parameters.Int("AddressBandWidth", 0));
    if (width < 1) return InvalidParameterError("AddressBandWidth", "less than 1");
    terms.band_width = static_cast<int>(width);
  }
  if (!bandwidth && terms.band_width_share_id.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(terms.project_id, parameters.Int("AddressProjectId", 0));
  return terms;
}

absl::StatusOr<std::vector<DataDisk>> ReadDataDisks(const Parameters& parameters) {
  std::vector<DataDisk> disks;
  for (int i = 0; i < kMaxDataDisks; ++i) {
    const std::string prefix = absl::StrCat("DataDisk.", i, ".");
    DataDisk disk;
    disk.type = parameters.Find(prefix + "Type").value_or("");
    if (disk.type.empty()) continue;
    ASSIGN_OR_RETURN(const int64_t size, parameters.Int(prefix + "Size", 0));
    disk.size_gb = static_cast<int>(size);
    ASSIGN_OR_RETURN(disk.delete_with_instance,
                     parameters.Bool(prefix + "DeleteWithInstance", false));
    disk.snapshot_id = parameters.Find(prefix + "SnapshotId").value_or("");
    disks.push_back(std::move(disk));
  }
  return disks;
}

absl::StatusOr<LaunchRequest> ReadLaunch(const ApiRequest& request) {
  const Parameters& p = request.parameters;
  LaunchRequest launch;
  ASSIGN_OR_RETURN(launch.image_id, p.Required("ImageId"));
  ASSIGN_OR_RETURN(launch.instance_type, p.Required("InstanceType"));
  ASSIGN_OR_RETURN(const int64_t min_count, p.RequiredInt("MinCount"));
  ASSIGN_OR_RETURN(const int64_t max_count, p.RequiredInt("MaxCount"));
  if (min_count < 1 || max_count < min_count || max_count > kMaxInstancesPerLaunch) {
    return InvalidParameterError(
        "MinCount", absl::StrCat("1 <= MinCount <= MaxCount <= ", kMaxInstancesPerLaunch));
  }
  launch.min_count = static_cast<int>(min_count);
  launch.max_count = static_cast<int>(max_count);
  ASSIGN_OR_RETURN(launch.subnet_id, p.Required("SubnetId"));
  launch.security_group_ids = p.List("SecurityGroupId");
  if (const auto single = p.Find("SecurityGroupId")) launch.security_group_ids.push_back(*single);
  if (launch.security_group_ids.empty()) return MissingParameterError("SecurityGroupId");
  ASSIGN_OR_RETURN(launch.charge_type, p.Required("ChargeType"));
  if (KnownChargeTypes().count(launch.charge_type) == 0) {
    return InvalidParameterError("ChargeType", "no such charge type");
  }
  if (launch.charge_type == "Monthly" && !p.Find("PurchaseTime")) {
    return MissingParameterError("PurchaseTime");
  }
  launch.name = p.Find("InstanceName").value_or("");
  launch.host_name = p.Find("HostName").value_or("");
  ASSIGN_OR_RETURN(launch.project_id, p.Int("ProjectId", 0));
  ASSIGN_OR_RETURN(launch.tags, p.Tags());
  ASSIGN_OR_RETURN(launch.address, ReadEip(p));
  ASSIGN_OR_RETURN(launch.data_disks, ReadDataDisks(p));
  launch.fate = request.fate;
  return launch;
}

absl::StatusOr<Json> RunInstances(Region& region, const ApiRequest& request, absl::Time now) {
  absl::StatusOr<LaunchRequest> launch = ReadLaunch(request);
  if (!launch.ok()) {
    region.call_log().Refuse(request.call, now, launch.status());
    return launch.status();
  }
  ASSIGN_OR_RETURN(const std::vector<Instance> instances,
                   region.RunInstances(request.call, *launch, now));
  Json set = Json::Array();
  for (const Instance& instance : instances) {
    set.Push(Json::Object({{"InstanceId", instance.id}, {"InstanceName", instance.name}}));
  }
  return Json::Object({{"InstancesSet", std::move(set)}});
}

absl::StatusOr<Json> DescribeInstances(Region& region, const ApiRequest& request, absl::Time now) {
  const Parameters& p = request.parameters;
  InstanceQuery query;
  query.ids = p.List("InstanceId");
  ASSIGN_OR_RETURN(const std::vector<int64_t> projects, p.IntList("ProjectId"));
  if (!projects.empty()) query.project_ids = projects;
  ASSIGN_OR_RETURN(query.filters, p.Filters());
  query.search = p.Find("Search").value_or("");
  ASSIGN_OR_RETURN(const int64_t marker, p.Int("Marker", 0));
  ASSIGN_OR_RETURN(const int64_t max_results, p.Int("MaxResults", kDefaultPageSize));
  if (marker < 0 || marker > std::numeric_limits<int>::max()) {
    return InvalidParameterError("Marker", "out of range");
  }
  if (max_results < kMinPageSize || max_results > kMaxPageSize) {
    return InvalidParameterError("MaxResults", "out of range");
  }
  query.marker = static_cast<int>(marker);
  query.max_results = static_cast<int>(max_results);
  ASSIGN_OR_RETURN(const InstancePage page,
                   region.DescribeInstances(request.call.account_id, query, now));
  Json set = Json::Array();
  for (const Instance* instance : page.instances) set.Push(Show(region, *instance));
  return Json::Object(
      {{"Marker", marker}, {"InstanceCount", page.total}, {"InstancesSet", std::move(set)}});
}

absl::StatusOr<Json> TerminateInstances(Region& region, const ApiRequest& request, absl::Time now) {
  const absl::StatusOr<bool> force = request.parameters.Bool("ForceDelete", false);
  if (!force.ok()) {
    region.call_log().Refuse(request.call, now, force.status());
    return force.status();
  }
  ASSIGN_OR_RETURN(
      const std::vector<TerminationResult> results,
      region.TerminateInstances(request.call, request.parameters.List("InstanceId"), *force, now));
  Json set = Json::Array();
  for (const TerminationResult& result : results) {
    Json item = Json::Object({{"InstanceId", result.instance_id}, {"Return", result.ok}});
    if (!result.ok) item.Set("Message", result.message);
    set.Push(std::move(item));
  }
  return Json::Object({{"InstancesSet", std::move(set)}});
}

absl::StatusOr<Json> DescribeImages(Region& region, const ApiRequest& request, absl::Time /*now*/) {
  std::vector<std::string> wanted = request.parameters.List("ImageId");
  if (const auto single = request.parameters.Find("ImageId")) wanted.push_back(*single);
  Json set = Json::Array();
  for (const ImageSpec& image : region.spec().images) {
    if (!IsWanted(wanted, image.id)) continue;
    set.Push(Json::Object({{"ImageId", image.id},
                           {"Name", image.name},
                           {"ImageState", "active"},
                           {"Platform", image.name},
                           {"IsPublic", true}}));
  }
  return Json::Object({{"ImagesSet", std::move(set)}});
}

Json ShowType(const Region& region, const InstanceTypeSpec& type) {
  Json zones = Json::Array();
  Json sell_outs = Json::Array();
  for (const auto& [key, left] : region.stock().counts()) {
    if (key.first != type.name) continue;
    zones.Push(Json::Object({{"AzCode", key.second}}));
    sell_outs.Push(Json::Object({{"AzCode", key.second}, {"IsSellOut", left == 0}}));
  }
  return Json::Object(
      {{"InstanceType", type.name},
       {"InstanceFamily", type.name.substr(0, type.name.find('.'))},
       {"CPU", type.cpu},
       {"GPU", 0},
       {"Memory", type.memory_gb},
       {"AvailabilityZoneSet", std::move(zones)},
       {"DataDiskQuotaSet",
        Json::Array({Json::Object(
            {{"DataDiskType", "SSD3.0"}, {"AvailabilityZoneSet", std::move(sell_outs)}})})}});
}

absl::StatusOr<Json> DescribeInstanceTypeConfigs(Region& region, const ApiRequest& request,
                                                 absl::Time /*now*/) {
  ASSIGN_OR_RETURN(const std::vector<Filter> filters, request.parameters.Filters());
  Json set = Json::Array();
  for (const InstanceTypeSpec& type : region.spec().instance_types) {
    bool passes = true;
    for (const Filter& filter : filters) {
      if (filter.name == "instance-type") {
        passes = passes && IsWanted(filter.values, type.name);
      } else if (filter.name == "availability-zone") {
        bool offered = false;
        for (const std::string& zone : filter.values) {
          offered = offered || region.stock().Offers(type.name, zone);
        }
        passes = passes && offered;
      } else {
        return InvalidParameterError("Filter", absl::StrCat("no filter '", filter.name, "'"));
      }
    }
    if (passes) set.Push(ShowType(region, type));
  }
  return Json::Object({{"InstanceTypeConfigSet", std::move(set)}});
}

constexpr Action kActions[] = {
    {"RunInstances", true, RunInstances},
    {"DescribeInstances", false, DescribeInstances},
    {"TerminateInstances", true, TerminateInstances},
    {"DescribeImages", false, DescribeImages},
    {"DescribeInstanceTypeConfigs", false, DescribeInstanceTypeConfigs},
};

}  // namespace

absl::Span<const Action> KecActions() { return kActions; }

}  // namespace accordion::cloudsim
