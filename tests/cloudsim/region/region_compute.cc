// KEC: launches, lists and ends instances.
#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/cloudsim/region/cloud_error.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {
namespace {

template <typename T>
bool Contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::string NameOf(const LaunchRequest& request, const Instance& instance, int index, int count) {
  const std::string base =
      request.name.empty() ? absl::StrCat("kec-", instance.id.substr(0, 8)) : request.name;
  return count == 1 ? base : absl::StrCat(base, "-", index + 1);
}

absl::Duration DrawBootTime(const RegionSpec& spec, base::Rng& rng) {
  return spec.boot_min + (spec.boot_max - spec.boot_min) * base::UniformUnit(rng);
}

}  // namespace

absl::Status Region::CheckLaunch(absl::string_view account_id, const LaunchRequest& request) const {
  const auto has_image = [&](const ImageSpec& image) { return image.id == request.image_id; };
  if (std::none_of(spec_.images.begin(), spec_.images.end(), has_image)) {
    return NotFoundError("Image", request.image_id);
  }
  if (FindType(request.instance_type) == nullptr) {
    return NotFoundError("InstanceType", request.instance_type);
  }
  const Subnet* subnet = subnets_.Find(account_id, request.subnet_id);
  if (subnet == nullptr) return NotFoundError("Subnet", request.subnet_id);
  for (const std::string& id : request.security_group_ids) {
    const std::vector<const SecurityGroupSpec*> groups = SecurityGroups(account_id);
    const auto it = std::find_if(groups.begin(), groups.end(),
                                 [&](const SecurityGroupSpec* group) { return group->id == id; });
    if (it == groups.end()) return NotFoundError("SecurityGroup", id);
    if ((*it)->vpc_id != subnet->spec.vpc_id) {
      return InvalidParameterError("SecurityGroupId", "not of the subnet's VPC");
    }
  }
  if (!Contains(FindAccount(account_id)->projects, request.project_id)) {
    return InvalidParameterError("ProjectId", "no such project");
  }
  if (request.tags.size() > kMaxTagsPerInstance) {
    return InvalidParameterError("Tag.N", absl::StrCat("more than ", kMaxTagsPerInstance));
  }
  if (request.min_count < 1 || request.min_count > request.max_count ||
      request.max_count > kMaxInstancesPerLaunch) {
    return InvalidParameterError(
        "MinCount", absl::StrCat("1 <= MinCount <= MaxCount <= ", kMaxInstancesPerLaunch));
  }
  if (!stock_.Offers(request.instance_type, subnet->spec.zone)) {
    return CloudError(400, "InstanceTypeNotSupported",
                      absl::StrCat("The instance type '", request.instance_type,
                                   "' is not offered in ", subnet->spec.zone));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Region::CountToLaunch(absl::string_view account_id,
                                          const LaunchRequest& request,
                                          const Subnet& subnet) const {
  const int quota = FindAccount(account_id)->instance_quota - fleet_.CountOf(account_id);
  if (quota < request.min_count) {
    return CloudError(409, "InstanceQuotaExceeded",
                      "The number of instances would exceed the quota of the account");
  }
  const int stock = stock_.Left(request.instance_type, subnet.spec.zone);
  if (stock < request.min_count) {
    return CloudError(409, "InstanceSoldOut",
                      absl::StrCat("The instance type '", request.instance_type,
                                   "' is out of stock in ", subnet.spec.zone));
  }
  if (subnet.available() < request.min_count) {
    return CloudError(
        409, "SubnetAvailableIpNotEnough",
        absl::StrCat("The subnet '", request.subnet_id, "' has no available ip address left"));
  }
  return std::min({request.max_count, quota, stock, subnet.available()});
}

Instance Region::MakeInstance(absl::string_view account_id, const LaunchRequest& request,
                              const Subnet& subnet, std::string name, absl::Time now) {
  Instance instance;
  instance.id = ids_.NewUuid();
  instance.account_id = std::string(account_id);
  instance.project_id = request.project_id;
  instance.name = std::move(name);
  instance.type = request.instance_type;
  instance.image_id = request.image_id;
  instance.vpc_id = subnet.spec.vpc_id;
  instance.subnet_id = subnet.spec.id;
  instance.zone = subnet.spec.zone;
  instance.private_ip = *subnets_.TakeAddress(subnet.spec.id);
  // As clouds do: a name that nobody chose is made of the address.
  instance.host_name =
      request.host_name.empty()
          ? absl::StrCat("vm", absl::StrReplaceAll(instance.private_ip, {{".", "-"}}))
          : request.host_name;
  instance.network_interface_id = ids_.NewUuid();
  instance.security_group_ids = request.security_group_ids;
  instance.charge_type = request.charge_type;
  instance.tags = request.tags;
  instance.created_at = now;
  instance.fate = request.fate;
  instance.data_disks = request.data_disks;
  for (DataDisk& disk : instance.data_disks) disk.id = ids_.NewUuid();
  if (request.address.has_value()) {
    const Address& address = addresses_.Buy(ids_, account_id, *request.address, now);
    const absl::Status associated = addresses_.Associate(
        account_id, address.allocation_id, {instance.id, instance.network_interface_id});
    assert(associated.ok());
  }
  return instance;
}

absl::StatusOr<std::vector<Instance>> Region::Launch(absl::string_view account_id,
                                                     const LaunchRequest& request, absl::Time now) {
  if (absl::Status status = CheckLaunch(account_id, request); !status.ok()) return status;
  const Subnet& subnet = *subnets_.Find(account_id, request.subnet_id);
  const absl::StatusOr<int> count = CountToLaunch(account_id, request, subnet);
  if (!count.ok()) return count.status();
  std::vector<Instance> launched;
  for (int i = 0; i < *count; ++i) {
    stock_.Take(request.instance_type, subnet.spec.zone);
    Instance instance = MakeInstance(account_id, request, subnet, "", now);
    instance.name = NameOf(request, instance, i, *count);
    const absl::Duration boot =
        request.boots_at_once ? absl::ZeroDuration() : DrawBootTime(spec_, boot_rng_);
    launched.push_back(fleet_.Add(std::move(instance), now + boot));
  }
  return launched;
}

absl::StatusOr<std::vector<Instance>> Region::RunInstances(const Call& call,
                                                           const LaunchRequest& request,
                                                           absl::Time now) {
  Advance(now);
  absl::StatusOr<std::vector<Instance>> launched = Launch(call.account_id, request, now);
  if (!launched.ok()) {
    call_log_.Refuse(call, now, launched.status());
    return launched;
  }
  Advance(now);  // those that boot at once
  std::vector<CallEffect> effects;
  for (Instance& instance : *launched) {
    instance = *fleet_.Find(instance.id);
    effects.push_back(EffectOf(instance));
  }
  call_log_.Execute(call, now, std::move(effects));
  return launched;
}

absl::StatusOr<InstancePage> Region::DescribeInstances(absl::string_view account_id,
                                                       const InstanceQuery& query, absl::Time now) {
  Advance(now);
  if (absl::Status status = ValidateQuery(query); !status.ok()) return status;
  InstancePage page;
  for (const Instance* instance : fleet_.List()) {
    if (instance->account_id != account_id || !Matches(query, *instance)) continue;
    if (now < instance->created_at + spec_.describe_lag) continue;
    if (page.total++ < query.marker) continue;
    if (static_cast<int>(page.instances.size()) < query.max_results) {
      page.instances.push_back(instance);
    }
  }
  return page;
}

TerminationResult Region::TerminateOne(absl::string_view account_id, absl::string_view id,
                                       bool force, absl::Time now) {
  const Instance* instance = FindOwn(account_id, id);
  if (instance == nullptr) {
    return {.instance_id = std::string(id), .ok = false, .message = "InstanceNotFound"};
  }
  if (force) {
    fleet_.BeginTermination(id, now + spec_.terminate_time);
  } else {
    fleet_.Recycle(id);
  }
  return {.instance_id = std::string(id), .ok = true, .message = ""};
}

absl::StatusOr<std::vector<TerminationResult>> Region::TerminateInstances(
    const Call& call, const std::vector<std::string>& ids, bool force, absl::Time now) {
  Advance(now);
  absl::Status status;
  if (ids.empty()) status = MissingParameterError("InstanceId.N");
  if (ids.size() > kMaxInstanceIdsPerCall) {
    status =
        InvalidParameterError("InstanceId.N", absl::StrCat("more than ", kMaxInstanceIdsPerCall));
  }
  if (!status.ok()) {
    call_log_.Refuse(call, now, status);
    return status;
  }
  std::vector<TerminationResult> results;
  std::vector<CallEffect> effects;
  for (const std::string& id : ids) {
    const Instance* instance = FindOwn(call.account_id, id);
    CallEffect effect =
        instance != nullptr ? EffectOf(*instance) : CallEffect{.instance_id = id, .tags = {}};
    results.push_back(TerminateOne(call.account_id, id, force, now));
    effect.ok = results.back().ok;
    effect.message = results.back().message;
    effects.push_back(std::move(effect));
  }
  call_log_.Execute(call, now, std::move(effects));
  return results;
}

}  // namespace accordion::cloudsim
