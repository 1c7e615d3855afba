#include "tests/cloudsim/region/region.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {

Region::Region(RegionSpec spec, uint64_t seed)
    : spec_(std::move(spec)),
      // Streams of their own, so that e.g. more boots don't change the ids that follow.
      ids_(seed),
      boot_rng_(seed + 1),
      load_(seed + 2),
      call_log_(kMaxCallRecords) {}

absl::StatusOr<Region> Region::Create(RegionSpec spec, uint64_t seed) {
  Region region(std::move(spec), seed);
  if (absl::Status status = region.AddResources(); !status.ok()) return status;
  return region;
}

absl::Status Region::AddResources() {
  if (spec_.boot_min > spec_.boot_max || spec_.boot_min < absl::ZeroDuration()) {
    return absl::InvalidArgumentError("boot time: the minimum must be within 0..maximum");
  }
  for (const VpcSpec& vpc : spec_.vpcs) {
    if (FindAccount(vpc.account_id) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("vpc ", vpc.id, ": unknown account"));
    }
  }
  const auto owner_of = [&](absl::string_view vpc_id) -> absl::StatusOr<std::string> {
    const VpcSpec* vpc = FindVpc(vpc_id);
    if (vpc == nullptr) return absl::InvalidArgumentError(absl::StrCat("unknown vpc ", vpc_id));
    return vpc->account_id;
  };
  for (const SubnetSpec& subnet : spec_.subnets) {
    const absl::StatusOr<std::string> owner = owner_of(subnet.vpc_id);
    if (!owner.ok()) return owner.status();
    if (std::find(spec_.zones.begin(), spec_.zones.end(), subnet.zone) == spec_.zones.end()) {
      return absl::InvalidArgumentError(absl::StrCat("subnet ", subnet.id, ": unknown zone"));
    }
    if (absl::Status status = subnets_.Add(subnet, *owner); !status.ok()) return status;
  }
  for (const SecurityGroupSpec& group : spec_.security_groups) {
    const absl::StatusOr<std::string> owner = owner_of(group.vpc_id);
    if (!owner.ok()) return owner.status();
  }
  for (const LoadBalancerSpec& balancer : spec_.load_balancers) {
    const absl::StatusOr<std::string> owner = owner_of(balancer.vpc_id);
    if (!owner.ok()) return owner.status();
    if (absl::Status status = load_balancers_.Add(balancer, *owner); !status.ok()) return status;
  }
  for (const InstanceTypeSpec& type : spec_.instance_types) {
    if (!(type.capacity_rps > 0)) {
      return absl::InvalidArgumentError(absl::StrCat("type ", type.name, ": no capacity"));
    }
    for (const auto& [zone, count] : type.stock) stock_.Set(type.name, zone, count);
  }
  return absl::OkStatus();
}

const AccountSpec* Region::FindAccountByKey(absl::string_view access_key) const {
  for (const AccountSpec& account : spec_.accounts) {
    if (account.access_key == access_key) return &account;
  }
  return nullptr;
}

const AccountSpec* Region::FindAccount(absl::string_view account_id) const {
  for (const AccountSpec& account : spec_.accounts) {
    if (account.id == account_id) return &account;
  }
  return nullptr;
}

const InstanceTypeSpec* Region::FindType(absl::string_view name) const {
  for (const InstanceTypeSpec& type : spec_.instance_types) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

const VpcSpec* Region::FindVpc(absl::string_view id) const {
  for (const VpcSpec& vpc : spec_.vpcs) {
    if (vpc.id == id) return &vpc;
  }
  return nullptr;
}

const Instance* Region::FindOwn(absl::string_view account_id, absl::string_view instance_id) const {
  const Instance* instance = fleet_.Find(instance_id);
  return instance != nullptr && instance->account_id == account_id ? instance : nullptr;
}

std::vector<const SecurityGroupSpec*> Region::SecurityGroups(absl::string_view account_id) const {
  std::vector<const SecurityGroupSpec*> list;
  for (const SecurityGroupSpec& group : spec_.security_groups) {
    if (FindVpc(group.vpc_id)->account_id == account_id) list.push_back(&group);
  }
  return list;
}

void Region::Settle(const Instance& gone) {
  subnets_.ReturnAddress(gone.subnet_id, gone.private_ip);
  stock_.Return(gone.type, gone.zone);
  addresses_.InstanceGone(gone.id);
  for (const DataDisk& disk : gone.data_disks) {
    if (!disk.delete_with_instance) surviving_disks_.push_back(disk);
  }
}

void Region::Advance(absl::Time now) {
  for (const Instance& gone : fleet_.Advance(now)) Settle(gone);
}

CallEffect EffectOf(const Instance& instance) {
  return {.instance_id = instance.id,
          .instance_name = instance.name,
          .instance_type = instance.type,
          .subnet_id = instance.subnet_id,
          .zone = instance.zone,
          .tags = instance.tags};
}

absl::Status Region::Kill(const Call& call, absl::string_view instance_id, absl::Time now) {
  Advance(now);
  if (fleet_.Find(instance_id) == nullptr) return NotFoundError("Instance", instance_id);
  const Instance gone = fleet_.Remove(instance_id);
  Settle(gone);
  call_log_.Execute(call, now, {EffectOf(gone)});
  return absl::OkStatus();
}

absl::Status Region::ForceState(const Call& call, absl::string_view instance_id,
                                InstanceState state, absl::Time now) {
  Advance(now);
  const Instance* instance = fleet_.Find(instance_id);
  if (instance == nullptr) return NotFoundError("Instance", instance_id);
  if (state != InstanceState::kActive && state != InstanceState::kStopped &&
      state != InstanceState::kError) {
    return InvalidParameterError("state", "active, stopped or error");
  }
  fleet_.ForceState(instance_id, state, now);
  call_log_.Execute(call, now, {EffectOf(*instance)});
  return absl::OkStatus();
}

absl::Status Region::SetStock(absl::string_view type, absl::string_view zone, int count) {
  if (FindType(type) == nullptr) return NotFoundError("InstanceType", type);
  if (std::find(spec_.zones.begin(), spec_.zones.end(), zone) == spec_.zones.end()) {
    return NotFoundError("Zone", zone);
  }
  stock_.Set(type, zone, count);
  return absl::OkStatus();
}

absl::Status Region::SetLoad(absl::string_view listener_id, LoadCurve curve) {
  if (load_balancers_.FindListener(listener_id) == nullptr) {
    return NotFoundError("Listener", listener_id);
  }
  return load_.SetCurve(listener_id, std::move(curve));
}

}  // namespace accordion::cloudsim
