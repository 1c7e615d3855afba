#include "engine/cloud/kec_compute.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cloud/v1/answers.pb.h"
#include "engine/cloud/answer.h"

namespace accordion::cloud {
namespace {

constexpr int kPageSize = 1000;      // MaxResults of DescribeInstances (clients.md §4)
constexpr size_t kIdsPerCall = 100;  // InstanceId.N of DescribeInstances
constexpr int kMaxPages = 1000;      // a list that never ends is a broken answer

activity::ObservedInstance::Power PowerOf(const std::string& state) {
  using Power = activity::ObservedInstance::Power;
  if (state == "active") return Power::kRunning;
  if (state == "stopped") return Power::kStopped;
  if (state == "error") return Power::kError;
  return Power::kInProgress;  // every other word is a transition (clients.md §4)
}

// InfiniteFuture if it isn't a time: nothing may be inferred from an age that is not known.
absl::Time CreationTime(const std::string& text) {
  absl::Time time = absl::InfiniteFuture();
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return absl::InfiniteFuture();
  return time;
}

void ObserveTags(const ::cloud::v1::Instance& instance, activity::ObservedInstance& observed) {
  for (const ::cloud::v1::InstanceTag& tag : instance.tags()) {
    if (tag.key() == kIntentTag) observed.marker = domain::IntentId(tag.value());
    int64_t group = 0;
    if (tag.key() == kGroupTag && absl::SimpleAtoi(tag.value(), &group))
      observed.group_id = domain::GroupId(group);
  }
}

activity::ObservedInstance Observe(const ::cloud::v1::Instance& instance) {
  activity::ObservedInstance observed;
  observed.instance_id = domain::InstanceId(instance.instance_id());
  observed.name = instance.instance_name();
  observed.host_name = instance.host_name();
  observed.power = PowerOf(instance.instance_state().name());
  observed.private_ip = instance.private_ip_address();
  observed.zone = instance.availability_zone();
  for (const ::cloud::v1::NetworkInterface& interface : instance.network_interfaces()) {
    if (interface.network_interface_type() != "primary" && !observed.network_interface_id.empty())
      continue;
    observed.network_interface_id = interface.network_interface_id();
    if (observed.private_ip.empty()) observed.private_ip = interface.private_ip_address();
  }
  for (const ::cloud::v1::DataDisk& disk : instance.data_disks()) {
    // Of a disk that doesn't say it, nothing is promised to its owner.
    if (disk.has_delete_with_instance() && !disk.delete_with_instance())
      observed.surviving_disks.push_back(disk.disk_id());
  }
  observed.project_id = instance.project_id();
  observed.created_at = CreationTime(instance.creation_date());
  ObserveTags(instance, observed);
  return observed;
}

}  // namespace

KecCompute::KecCompute(OpenApiClient& client, const base::Clock& clock, KecOptions options)
    : client_(client), clock_(clock), options_(std::move(options)) {}

activity::Event KecCompute::Launch(const domain::AccountId& account,
                                   const ports::LaunchCall& call) {
  const OpenApiReply reply =
      client_.Call(account, {.service = Service::kKec,
                             .action = "RunInstances",
                             .parameters = RunInstancesParameters(call, options_.address_terms),
                             .signed_at = call.signed_at,
                             .may_repeat = false,
                             .launch = true});
  switch (reply.kind) {
    case OpenApiReply::Kind::kRefused:
      return activity::LaunchRejected{reply.failure, reply.words};
    case OpenApiReply::Kind::kNotSent:
      return activity::LaunchNotSent{reply.words};
    case OpenApiReply::Kind::kUnknown:
      return activity::LaunchUnknown{reply.words};
    case OpenApiReply::Kind::kSucceeded:
      break;
  }
  ::cloud::v1::RunInstancesAnswer answer;
  const absl::Status parsed = ParseAnswer(reply.body, answer);
  // Anything but exactly one id is no proof of what was made.
  if (!parsed.ok() || answer.instances_size() != 1 || answer.instances(0).instance_id().empty()) {
    return activity::LaunchUnknown{"the answer to RunInstances has not exactly one instance id"};
  }
  return activity::LaunchAccepted{domain::InstanceId(answer.instances(0).instance_id()),
                                  answer.instances(0).instance_name()};
}

absl::StatusOr<std::vector<activity::ObservedInstance>> KecCompute::Describe(
    const domain::AccountId& account, absl::Span<const int64_t> projects,
    const base::sigv4::Parameters& filter) {
  // Without projects the cloud would answer for one of them only, and look complete.
  if (projects.empty()) return absl::InvalidArgumentError("no projects to list");
  std::vector<activity::ObservedInstance> found;
  int marker = 0;
  for (int page = 0; page < kMaxPages; ++page) {
    base::sigv4::Parameters parameters = filter;
    for (size_t i = 0; i < projects.size(); ++i)
      parameters.emplace_back(absl::StrCat("ProjectId.", i + 1), absl::StrCat(projects[i]));
    parameters.emplace_back("MaxResults", absl::StrCat(kPageSize));
    parameters.emplace_back("Marker", absl::StrCat(marker));
    ASSIGN_OR_RETURN(
        const std::string body,
        client_.Read(account, Service::kKec, "DescribeInstances", std::move(parameters)));
    ::cloud::v1::DescribeInstancesAnswer answer;
    RETURN_IF_ERROR(ParseAnswer(body, answer));
    if (!answer.has_instance_count()) return absl::DataLossError("the cloud's list has no total");
    for (const ::cloud::v1::Instance& instance : answer.instances())
      found.push_back(Observe(instance));
    marker += answer.instances_size();
    if (marker >= answer.instance_count()) return found;
    // Rows are missing although the total says there are more: an incomplete list infers nothing
    // (I-20).
    if (answer.instances_size() == 0)
      return absl::DataLossError("the cloud's list ended before its total");
  }
  return absl::DataLossError("the cloud's list does not end");
}

absl::StatusOr<std::vector<activity::ObservedInstance>> KecCompute::FindByMarker(
    const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
    const domain::IntentId&) {
  // The name holds the marker's first 10 characters, and look-ups by tag are another service's.
  ASSIGN_OR_RETURN(std::vector<activity::ObservedInstance> found,
                   Describe(account, {project_id},
                            {{"Filter.1.Name", "instance-name"},
                             {"Filter.1.Value.1", std::string(launch_name)}}));
  // The filter may match loosely; only the whole name is a strong marker.
  found.erase(std::remove_if(
                  found.begin(), found.end(),
                  [&](const activity::ObservedInstance& one) { return one.name != launch_name; }),
              found.end());
  return found;
}

absl::StatusOr<std::vector<activity::ObservedInstance>> KecCompute::ReadInstances(
    const domain::AccountId& account, int64_t project_id,
    absl::Span<const domain::InstanceId> ids) {
  std::vector<activity::ObservedInstance> found;
  for (size_t first = 0; first < ids.size(); first += kIdsPerCall) {
    RETURN_IF_ERROR(ReadSome(account, project_id, ids.subspan(first, kIdsPerCall), found));
  }
  return found;
}

absl::StatusOr<std::vector<activity::ObservedInstance>> KecCompute::ListInstances(
    const domain::AccountId& account, absl::Span<const int64_t> projects) {
  return Describe(account, projects, {});
}

absl::Status KecCompute::ReadSome(const domain::AccountId& account, int64_t project_id,
                                  absl::Span<const domain::InstanceId> ids,
                                  std::vector<activity::ObservedInstance>& found) {
  base::sigv4::Parameters filter;
  int number = 0;
  for (const domain::InstanceId& id : ids) {
    filter.emplace_back(absl::StrCat("InstanceId.", ++number), id.value());
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> read =
      Describe(account, {project_id}, filter);
  if (absl::IsNotFound(read.status())) {
    // Asked for one id, "it isn't there" is an answer; asked for several it doesn't say which, and
    // the others must not suffer for it.
    if (ids.size() == 1) return absl::OkStatus();
    RETURN_IF_ERROR(ReadSome(account, project_id, ids.first(ids.size() / 2), found));
    return ReadSome(account, project_id, ids.subspan(ids.size() / 2), found);
  }
  RETURN_IF_ERROR(read.status());
  std::move(read->begin(), read->end(), std::back_inserter(found));
  return absl::OkStatus();
}

absl::Status KecCompute::Terminate(const domain::AccountId& account, const domain::InstanceId& id) {
  const OpenApiReply reply = client_.Call(
      account, {.service = Service::kKec,
                .action = "TerminateInstances",
                .parameters = {{"InstanceId.1", id.value()},
                               {"ForceDelete", options_.force_delete ? "true" : "false"}},
                .signed_at = clock_.Now(),
                .may_repeat = true});
  if (reply.NotFound()) return absl::OkStatus();
  RETURN_IF_ERROR(reply.ToStatus());
  ::cloud::v1::TerminateInstancesAnswer answer;
  RETURN_IF_ERROR(ParseAnswer(reply.body, answer));
  // A 200 holds a result for each instance.
  for (const ::cloud::v1::InstanceResult& result : answer.instances()) {
    if (result.instance_id() != id.value()) continue;
    // "Not found" only means that this call did nothing; the proof that it is gone follows by
    // reads.
    const std::string message = absl::AsciiStrToLower(result.message());
    if (result.succeeded() || absl::StrContains(message, "notfound") ||
        absl::StrContains(message, "not exist")) {
      return absl::OkStatus();
    }
    return ports::CloudError(activity::FailureClass::kTransient, result.message());
  }
  return ports::CloudError(activity::FailureClass::kTransient,
                           "the answer does not name the instance");
}

}  // namespace accordion::cloud
