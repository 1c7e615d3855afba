#include "tests/support/simulated_cloud.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/cloud/failure_taxonomy.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::testing {
namespace {

using cloudsim::BootFate;
using cloudsim::CloudErrorInfo;
using cloudsim::FaultMode;
using cloudsim::FaultRule;

constexpr char kNoAnswer[] = "no answer in time";

cloudsim::Region Created(cloudsim::RegionSpec spec, uint64_t seed) {
  return *cloudsim::Region::Create(std::move(spec), seed);
}

bool IsDefinite(int http_status) {
  return http_status == 400 || http_status == 403 || http_status == 404 || http_status == 409;
}

activity::ObservedInstance Observe(const cloudsim::Instance& instance) {
  using Power = activity::ObservedInstance::Power;
  activity::ObservedInstance observed;
  observed.instance_id = domain::InstanceId(instance.id);
  observed.name = instance.name;
  observed.host_name = instance.host_name;
  observed.private_ip = instance.private_ip;
  observed.network_interface_id = instance.network_interface_id;
  observed.zone = instance.zone;
  observed.project_id = instance.project_id;
  observed.created_at = absl::FromUnixSeconds(absl::ToUnixSeconds(instance.created_at));
  for (const cloudsim::Tag& tag : instance.tags) {
    int64_t group = 0;
    if (tag.key == "as.intent") observed.marker = domain::IntentId(tag.value);
    if (tag.key == "as.group" && absl::SimpleAtoi(tag.value, &group))
      observed.group_id = domain::GroupId(group);
  }
  for (const cloudsim::DataDisk& disk : instance.data_disks) {
    if (!disk.delete_with_instance) observed.surviving_disks.push_back(disk.id);
  }
  switch (instance.state) {
    case cloudsim::InstanceState::kActive:
      observed.power = Power::kRunning;
      break;
    case cloudsim::InstanceState::kStopped:
      observed.power = Power::kStopped;
      break;
    case cloudsim::InstanceState::kError:
      observed.power = Power::kError;
      break;
    case cloudsim::InstanceState::kPending:
    case cloudsim::InstanceState::kRecycling:
    case cloudsim::InstanceState::kTerminating:
      break;
  }
  return observed;
}

activity::ObservedAddress Observe(const cloudsim::Address& address) {
  return {.allocation_id = address.allocation_id,
          .associated = address.user.has_value(),
          .instance_id = domain::InstanceId(address.user ? address.user->instance_id : "")};
}

cloudsim::LaunchRequest RequestOf(const ports::LaunchCall& call) {
  const domain::ScalingConfiguration& configuration = *call.configuration;
  cloudsim::LaunchRequest request;
  request.image_id = configuration.image_id;
  request.instance_type = call.pair.instance_type;
  request.subnet_id = call.pair.subnet_id.value();
  request.security_group_ids = call.security_group_ids;
  request.charge_type = configuration.charge_type;
  request.name = call.name;
  request.project_id = configuration.project_id;
  request.tags = {{"as.intent", call.marker.value()},
                  {"as.group", absl::StrCat(call.group_id.value())}};
  for (const domain::Tag& tag : configuration.tags) request.tags.push_back({tag.key, tag.value});
  for (const domain::DataDisk& disk : configuration.data_disks) {
    request.data_disks.push_back({.type = disk.type,
                                  .size_gb = disk.size_gb,
                                  .delete_with_instance = disk.delete_with_instance,
                                  .snapshot_id = disk.snapshot_id});
  }
  if (configuration.BuysAddress()) {
    request.address = {.band_width = configuration.address.bandwidth_mbps.value_or(0),
                       .band_width_share_id = configuration.address.bandwidth_share_id,
                       .line_id = configuration.address.line_id,
                       .charge_type = configuration.address.charge_type,
                       .project_id = configuration.address.ProjectId()};
  }
  return request;
}

}  // namespace

absl::Status SimulatedCloud::Reply::ToStatus() const {
  if (kind == Kind::kSucceeded) return absl::OkStatus();
  if (not_found) return absl::NotFoundError(words);
  return ports::CloudError(failure, words);
}

SimulatedCloud::SimulatedCloud(cloudsim::RegionSpec spec, uint64_t seed, const base::Clock& clock,
                               SimulatedCloudOptions options)
    : clock_(clock), options_(options), region_(Created(std::move(spec), seed)) {}

cloudsim::Region& SimulatedCloud::region() {
  ExecuteLate();
  region_.Advance(clock_.Now());
  return region_;
}

void SimulatedCloud::ExecuteLate() {
  while (!late_.empty() && late_.begin()->first <= clock_.Now()) {
    const std::function<void()> arrive = std::move(late_.begin()->second);
    late_.erase(late_.begin());
    arrive();
  }
}

SimulatedCloud::Reply SimulatedCloud::ReplyTo(const absl::Status& status) {
  if (status.ok()) return {};
  const CloudErrorInfo info = cloudsim::CloudErrorInfoOf(status);
  const bool definite = IsDefinite(info.http_status);
  return {.kind = definite ? Reply::Kind::kRefused : Reply::Kind::kUnknown,
          .failure = cloud::FailureTaxonomy::Defaults().Classify(info.http_status, info.code,
                                                                 info.message),
          .words = absl::StrCat(info.code, ": ", info.message),
          .not_found = definite && info.http_status == 404};
}

absl::Status SimulatedCloud::ExecuteIfFresh(const cloudsim::Call& call, absl::Time signed_at,
                                            BootFate fate, const Execute& execute) {
  const absl::Duration age = clock_.Now() - signed_at;
  if (age > options_.signature_window || age < -options_.signature_window) {
    const absl::Status expired =
        cloudsim::CloudError(403, "SignatureDoesNotMatch", "Signature expired");
    region_.call_log().Refuse(call, clock_.Now(), expired);
    return expired;
  }
  return execute(call, fate);
}

SimulatedCloud::Reply SimulatedCloud::Call(const domain::AccountId& account,
                                           absl::string_view service, absl::string_view action,
                                           absl::Time signed_at, bool changes,
                                           const Execute& execute, absl::string_view digest) {
  ExecuteLate();
  const auto unknown = [] {
    return Reply{.kind = Reply::Kind::kUnknown,
                 .failure = activity::FailureClass::kTransient,
                 .words = kNoAnswer};
  };
  if (unreachable_) {
    return {.kind = Reply::Kind::kNotSent,
            .failure = activity::FailureClass::kTransient,
            .words = "nobody listens"};
  }
  const cloudsim::Call call{.request_id = absl::StrCat("request-", ++last_request_),
                            .account_id = account.value(),
                            .service = std::string(service),
                            .action = std::string(action),
                            .digest = std::string(digest),
                            .arrived_at = clock_.Now()};
  std::optional<FaultRule> fault = region_.faults().Take(action, account.value());
  if (!fault.has_value() && source_) fault = source_(action, account.value());
  if (!fault.has_value()) {
    return ReplyTo(ExecuteIfFresh(call, signed_at, BootFate::kBoots, execute));
  }
  const absl::Status error = cloudsim::CloudError(fault->http_status, fault->code, fault->message);
  switch (fault->mode) {
    case FaultMode::kError:
      region_.call_log().Refuse(call, clock_.Now(), error);
      return ReplyTo(error);
    case FaultMode::kErrorAfterExecute:
      (void)ExecuteIfFresh(call, signed_at, BootFate::kBoots, execute);
      return ReplyTo(error);
    case FaultMode::kAcceptThenTimeout:
    case FaultMode::kHold:
      (void)ExecuteIfFresh(call, signed_at, BootFate::kBoots, execute);
      return unknown();
    case FaultMode::kDelayBefore:
      if (!changes) return unknown();
      late_.emplace(clock_.Now() + fault->delay, [this, call, signed_at, execute] {
        (void)ExecuteIfFresh(call, signed_at, BootFate::kBoots, execute);
      });
      return unknown();
    case FaultMode::kHoldBefore:
      region_.call_log().Hold(call, clock_.Now());
      return unknown();
    case FaultMode::kBootError:
      return ReplyTo(ExecuteIfFresh(call, signed_at, BootFate::kFails, execute));
    case FaultMode::kBootHang:
      return ReplyTo(ExecuteIfFresh(call, signed_at, BootFate::kHangs, execute));
  }
  return unknown();
}

absl::Status SimulatedCloud::Read(const domain::AccountId& account, absl::string_view service,
                                  absl::string_view action, std::function<absl::Status()> read) {
  return Call(account, service, action, clock_.Now(), false,
              [&](const cloudsim::Call&, BootFate) { return read(); })
      .ToStatus();
}

// ---- ComputeCloud ----

activity::Event SimulatedCloud::Launch(const domain::AccountId& account,
                                       const ports::LaunchCall& call) {
  // Shared with a call that executes after this has returned.
  const auto launched = std::make_shared<activity::LaunchAccepted>();
  const Reply reply = Call(
      account, "kec", "RunInstances", call.signed_at, true,
      [this, request = RequestOf(call), launched](const cloudsim::Call& arrived,
                                                  BootFate fate) mutable -> absl::Status {
        request.fate = fate;
        ASSIGN_OR_RETURN(const std::vector<cloudsim::Instance> made,
                         region_.RunInstances(arrived, request, clock_.Now()));
        launched->instance_id = domain::InstanceId(made.front().id);
        launched->instance_name = made.front().name;
        return absl::OkStatus();
      },
      call.marker.value());
  switch (reply.kind) {
    case Reply::Kind::kSucceeded:
      return *launched;
    case Reply::Kind::kRefused:
      return activity::LaunchRejected{reply.failure, reply.words};
    case Reply::Kind::kNotSent:
      return activity::LaunchNotSent{reply.words};
    case Reply::Kind::kUnknown:
      break;
  }
  return activity::LaunchUnknown{reply.words};
}

absl::StatusOr<std::vector<activity::ObservedInstance>> SimulatedCloud::Describe(
    const domain::AccountId& account, cloudsim::InstanceQuery query) {
  std::vector<activity::ObservedInstance> found;
  query.max_results = cloudsim::kMaxPageSize;
  int total = 0;
  int passed = 0;  // rows, seen or not
  do {
    const absl::Status read = Read(account, "kec", "DescribeInstances", [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const cloudsim::InstancePage page,
                       region_.DescribeInstances(account.value(), query, clock_.Now()));
      for (const cloudsim::Instance* instance : page.instances) {
        ++passed;
        if (blind_ && blind_(*instance, !query.ids.empty())) continue;
        found.push_back(Observe(*instance));
      }
      total = page.total;
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(read);
    query.marker = passed;
  } while (query.marker < total);
  return found;
}

absl::StatusOr<std::vector<activity::ObservedInstance>> SimulatedCloud::FindByMarker(
    const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
    const domain::IntentId&) {
  cloudsim::InstanceQuery query;
  query.project_ids = {project_id};
  query.filters = {{.name = "instance-name", .values = {std::string(launch_name)}}};
  return Describe(account, std::move(query));
}

absl::StatusOr<std::vector<activity::ObservedInstance>> SimulatedCloud::ReadInstances(
    const domain::AccountId& account, int64_t project_id,
    absl::Span<const domain::InstanceId> ids) {
  std::vector<activity::ObservedInstance> found;
  for (size_t first = 0; first < ids.size(); first += cloudsim::kMaxInstanceIdsPerCall) {
    cloudsim::InstanceQuery query;
    query.project_ids = {project_id};
    for (const domain::InstanceId& id : ids.subspan(first, cloudsim::kMaxInstanceIdsPerCall)) {
      query.ids.push_back(id.value());
    }
    ASSIGN_OR_RETURN(const std::vector<activity::ObservedInstance> read,
                     Describe(account, std::move(query)));
    found.insert(found.end(), read.begin(), read.end());
  }
  return found;
}

absl::StatusOr<std::vector<activity::ObservedInstance>> SimulatedCloud::ListInstances(
    const domain::AccountId& account, absl::Span<const int64_t> projects) {
  if (projects.empty()) return absl::InvalidArgumentError("no projects to list");
  cloudsim::InstanceQuery query;
  query.project_ids.assign(projects.begin(), projects.end());
  return Describe(account, std::move(query));
}

absl::Status SimulatedCloud::Terminate(const domain::AccountId& account,
                                       const domain::InstanceId& id) {
  const Reply reply =
      Call(account, "kec", "TerminateInstances", clock_.Now(), true,
           [this, id](const cloudsim::Call& call, BootFate) -> absl::Status {
             // Each id has a result of its own; "not found" is as good as done.
             return region_.TerminateInstances(call, {id.value()}, true, clock_.Now()).status();
           });
  return reply.not_found ? absl::OkStatus() : reply.ToStatus();
}

// ---- LoadBalancerCloud ----

absl::StatusOr<std::string> SimulatedCloud::Register(const domain::AccountId& account,
                                                     const activity::Register& call) {
  const auto register_id = std::make_shared<std::string>();
  const Reply reply =
      Call(account, "slb", "RegisterInstancesWithListener", clock_.Now(), true,
           [this, call, register_id](const cloudsim::Call& arrived, BootFate) -> absl::Status {
             ASSIGN_OR_RETURN(const cloudsim::RealServerView view,
                              region_.RegisterInstance(arrived,
                                                       {.listener_id = call.listener_id.value(),
                                                        .instance_id = call.instance_id.value(),
                                                        .ip = call.private_ip,
                                                        .port = call.port,
                                                        .weight = call.weight},
                                                       clock_.Now()));
             *register_id = view.server.register_id;
             return absl::OkStatus();
           });
  RETURN_IF_ERROR(reply.ToStatus());
  return *register_id;
}

absl::StatusOr<std::vector<ports::RealServer>> SimulatedCloud::List(
    const domain::AccountId& account, const domain::ListenerId& listener) {
  std::vector<ports::RealServer> servers;
  const absl::Status read = Read(account, "slb", "DescribeInstancesWithListener", [&] {
    for (const cloudsim::Listener* one : region_.ListListeners(account.value())) {
      if (one->spec.id != listener.value()) continue;
      for (const cloudsim::RealServerView& view : region_.RealServersOf(*one, clock_.Now())) {
        servers.push_back({.register_id = view.server.register_id,
                           .listener_id = listener,
                           .instance_id = domain::InstanceId(view.server.instance_id),
                           .port = view.server.port,
                           .weight = view.server.weight,
                           .healthy = view.healthy});
      }
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return servers;
}

absl::Status SimulatedCloud::Deregister(const domain::AccountId& account,
                                        absl::string_view register_id) {
  const Reply reply =
      Call(account, "slb", "DeregisterInstancesFromListener", clock_.Now(), true,
           [this, id = std::string(register_id)](const cloudsim::Call& call, BootFate) {
             return region_.DeregisterInstance(call, id, clock_.Now());
           });
  return reply.not_found ? absl::OkStatus() : reply.ToStatus();
}

// ---- AddressCloud ----

absl::StatusOr<std::vector<activity::ObservedAddress>> SimulatedCloud::AddressesOf(
    const domain::AccountId& account, const activity::ListAddresses& look) {
  std::vector<activity::ObservedAddress> found;
  RETURN_IF_ERROR(Read(account, "eip", "DescribeAddresses", [&] {
    const cloudsim::Address* address = region().addresses().OfInstance(look.instance_id.value());
    if (address != nullptr && address->account_id == account.value() &&
        address->terms.project_id == look.project_id) {
      found.push_back(Observe(*address));
    }
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::optional<activity::ObservedAddress>> SimulatedCloud::ReadAddress(
    const domain::AccountId& account, const activity::ReadAddress& read) {
  std::optional<activity::ObservedAddress> found;
  RETURN_IF_ERROR(Read(account, "eip", "DescribeAddresses", [&] {
    const auto address = region().addresses().Find(account.value(), read.allocation_id);
    if (address.ok() && (*address)->terms.project_id == read.project_id) found = Observe(**address);
    return absl::OkStatus();
  }));
  return found;
}

absl::Status SimulatedCloud::ReleaseAddress(const domain::AccountId& account,
                                            absl::string_view allocation_id) {
  const Reply reply =
      Call(account, "eip", "ReleaseAddress", clock_.Now(), true,
           [this, id = std::string(allocation_id)](const cloudsim::Call& call, BootFate) {
             return region_.ReleaseAddress(call, id, clock_.Now());
           });
  return reply.not_found ? absl::OkStatus() : reply.ToStatus();
}

// ---- CloudInventory ----

absl::StatusOr<std::vector<ports::SubnetInfo>> SimulatedCloud::Subnets(
    const domain::AccountId& account, const std::vector<domain::SubnetId>& ids) {
  std::vector<ports::SubnetInfo> infos;
  RETURN_IF_ERROR(Read(account, "vpc", "DescribeSubnets", [] { return absl::OkStatus(); }));
  for (const domain::SubnetId& id : ids) {
    const cloudsim::Subnet* subnet = region_.subnets().Find(account.value(), id.value());
    if (subnet == nullptr) return absl::NotFoundError(id.value());
    infos.push_back({.id = id,
                     .vpc_id = subnet->spec.vpc_id,
                     .zone = subnet->spec.zone,
                     .free_addresses = subnet->available()});
  }
  return infos;
}

absl::StatusOr<std::string> SimulatedCloud::SecurityGroupVpc(const domain::AccountId& account,
                                                             absl::string_view id) {
  RETURN_IF_ERROR(Read(account, "vpc", "DescribeSecurityGroups", [] { return absl::OkStatus(); }));
  for (const cloudsim::SecurityGroupSpec* group : region_.SecurityGroups(account.value())) {
    if (group->id == id) return group->vpc_id;
  }
  return absl::NotFoundError(id);
}

absl::StatusOr<ports::ListenerInfo> SimulatedCloud::Listener(const domain::AccountId& account,
                                                             const domain::ListenerId& id) {
  RETURN_IF_ERROR(Read(account, "slb", "DescribeListeners", [] { return absl::OkStatus(); }));
  for (const cloudsim::Listener* listener : region_.ListListeners(account.value())) {
    if (listener->spec.id == id.value()) {
      return ports::ListenerInfo{.id = id, .load_balancer_id = listener->load_balancer_id};
    }
  }
  return absl::NotFoundError(id.value());
}

absl::Status SimulatedCloud::Image(const domain::AccountId& account, absl::string_view id) {
  RETURN_IF_ERROR(Read(account, "kec", "DescribeImages", [] { return absl::OkStatus(); }));
  const std::vector<cloudsim::ImageSpec>& images = region_.spec().images;
  const bool known = std::any_of(images.begin(), images.end(),
                                 [&](const cloudsim::ImageSpec& image) { return image.id == id; });
  return known ? absl::OkStatus() : absl::NotFoundError(id);
}

absl::StatusOr<ports::InstanceTypeInfo> SimulatedCloud::InstanceType(
    const domain::AccountId& account, absl::string_view name) {
  RETURN_IF_ERROR(
      Read(account, "kec", "DescribeInstanceTypeConfigs", [] { return absl::OkStatus(); }));
  for (const cloudsim::InstanceTypeSpec& type : region_.spec().instance_types) {
    if (type.name != name) continue;
    ports::InstanceTypeInfo info{
        .name = type.name, .cpu = type.cpu, .memory_gb = type.memory_gb, .gpu = 0, .zones = {}};
    for (const auto& [zone, stock] : type.stock) info.zones.push_back(zone);
    return info;
  }
  return absl::NotFoundError(name);
}

absl::StatusOr<std::vector<ports::InstanceInfo>> SimulatedCloud::Instances(
    const domain::AccountId& account, const std::vector<int64_t>& projects,
    const std::vector<domain::InstanceId>& ids) {
  std::vector<ports::InstanceInfo> infos;
  for (const domain::InstanceId& id : ids) {
    cloudsim::InstanceQuery query;
    query.ids = {id.value()};
    query.project_ids = projects;
    const absl::Status read = Read(account, "kec", "DescribeInstances", [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const cloudsim::InstancePage page,
                       region_.DescribeInstances(account.value(), query, clock_.Now()));
      if (page.instances.empty()) return cloudsim::NotFoundError("Instance", id.value());
      const cloudsim::Instance& one = *page.instances.front();
      infos.push_back({.id = id,
                       .name = one.name,
                       .host_name = one.host_name,
                       .vpc_id = one.vpc_id,
                       .subnet_id = domain::SubnetId(one.subnet_id),
                       .zone = one.zone,
                       .instance_type = one.type,
                       .private_ip = one.private_ip,
                       .network_interface_id = one.network_interface_id,
                       .project_id = one.project_id,
                       .running = one.state == cloudsim::InstanceState::kActive});
      return absl::OkStatus();
    });
    if (absl::IsNotFound(read)) return absl::NotFoundError(id.value());
    RETURN_IF_ERROR(read);
  }
  return infos;
}

}  // namespace accordion::testing
